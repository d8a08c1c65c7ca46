//! Whether the change objects of a body agree with its patch: people read the one, machines the other.
//!
//! `docs/format.md` states the rules. They need only the two lists, so that every later version gives the
//! same answer.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    body::{Ids, ListChange},
    json::{Json, Members},
    list::{Leaf, List},
};

/// A disagreement between the changes and the patch of a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// A change states a value that the lists before and after do not have.
    #[error("change {position} ({kind}) does not match the lists: {problem}")]
    Change {
        /// The position of the change in the body.
        position: usize,
        /// The kind of the change.
        kind: String,
        /// What does not match.
        problem: &'static str,
    },
    /// The patch alters something that no change names.
    #[error("the patch alters {part} of {id:?}, which no change names")]
    Unnamed {
        /// The entry; empty for the facts.
        id: String,
        /// The difference: `existence`, `name`, `section` or `fields/` with the key of a field.
        part: String,
    },
}

/// A part of an entry that differs between two lists.
type Part = (String, String);

/// The part that stands for the entry as a whole: it is new, or gone.
const EXISTENCE: &str = "existence";

/// Checks the changes of a body against the lists before and after. For a list that is restored, the list
/// before is the withdrawn list.
///
/// # Errors
/// The first [`Disagreement`].
pub fn check(before: Option<&List>, after: Option<&List>, change: &ListChange) -> Result<(), Disagreement> {
    check_entries(before, after, change, &Touched::Any)
}

/// [`check`] for a list after that the patch of the body made of the list before: it differs in nothing that the patch does
/// not name.
pub(super) fn check_patched(before: &List, after: Option<&List>, change: &ListChange) -> Result<(), Disagreement> {
    let touched = match change.patch.get("entries").and_then(Json::as_object) {
        _ if after.is_none() => Touched::Any,
        entries => Touched::Ids(entries.into_iter().flat_map(Members::keys).map(String::as_str).collect()),
    };
    check_entries(Some(before), after, change, &touched)
}

/// The entries that may differ between two lists.
enum Touched<'a> {
    /// Any of them.
    Any,
    /// Those with these ids, and those that have another id now.
    Ids(BTreeSet<&'a str>),
}

fn check_entries(
    before: Option<&List>,
    after: Option<&List>,
    change: &ListChange,
    touched: &Touched<'_>,
) -> Result<(), Disagreement> {
    let lists = Lists { before, after, ids: &change.ids };
    for (position, object) in change.changes.iter().enumerate() {
        lists.check(object).map_err(|problem| {
            let kind = object.text("kind").unwrap_or_default().to_owned();
            Disagreement::Change { position, kind, problem }
        })?;
    }
    let named = named_parts(&change.changes);
    for (id, part) in altered_parts(before, after, &change.ids, touched) {
        let is_editorial = part != EXISTENCE && change.editorial.contains(&id);
        let is_named =
            named.contains(&(id.clone(), part.clone())) || named.contains(&(id.clone(), EXISTENCE.to_owned()));
        if !is_editorial && !is_named {
            return Err(Disagreement::Unnamed { id, part });
        }
    }
    Ok(())
}

/// The ids for the member `editorial`, with the lists of [`check`]: entries with differences that no change names. The empty id means the facts.
///
/// # Errors
/// [`Disagreement::Unnamed`] for an entry that is new or gone: that is never editorial.
pub fn editorial(
    before: Option<&List>,
    after: Option<&List>,
    changes: &[Json],
    ids: &Ids,
) -> Result<Vec<String>, Disagreement> {
    let named = named_parts(changes);
    let mut editorial = BTreeSet::new();
    for (id, part) in altered_parts(before, after, ids, &Touched::Any) {
        let whole = (id.clone(), EXISTENCE.to_owned());
        if named.contains(&(id.clone(), part.clone())) || named.contains(&whole) {
            continue;
        }
        if part == EXISTENCE {
            return Err(Disagreement::Unnamed { id, part });
        }
        editorial.insert(id);
    }
    Ok(editorial.into_iter().collect())
}

impl<'t> Touched<'t> {
    /// The entries of a list that may differ, in the order of their ids.
    fn entries_of<'l>(
        &self,
        list: Option<&'l List>,
        renamed: impl Iterator<Item = &'t str>,
    ) -> Vec<(&'l str, &'l Leaf)> {
        let Some(list) = list else { return Vec::new() };
        match self {
            Touched::Any => list.entries().collect(),
            Touched::Ids(ids) => {
                let ids: BTreeSet<&str> = ids.iter().copied().chain(renamed).collect();
                ids.into_iter().filter_map(|id| list.id_and_entry(id)).collect()
            }
        }
    }
}

/// The parts that differ between two lists, after ids that merely changed are followed.
fn altered_parts(before: Option<&List>, after: Option<&List>, ids: &Ids, touched: &Touched<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    let earlier: BTreeMap<&str, &str> = ids.entries.iter().map(|(from, to)| (to.as_str(), from.as_str())).collect();
    let renamed = ids.entries.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]);
    for (id, leaf) in touched.entries_of(after, renamed.clone()) {
        let old_id = earlier.get(id).copied().unwrap_or(id);
        let moved_away = old_id == id && ids.entries.contains_key(id);
        let old = before.and_then(|list| list.entry(old_id)).filter(|_| !moved_away);
        match old {
            None => parts.push((id.to_owned(), EXISTENCE.to_owned())),
            Some(old) if std::ptr::eq(old, leaf) => {}
            Some(old) => altered_members(id, old.value(), leaf.value(), ids, &mut parts),
        }
    }
    for (id, _) in touched.entries_of(before, renamed) {
        let new_id = ids.entries.get(id).map_or(id, String::as_str);
        if after.is_none_or(|list| list.entry(new_id).is_none()) {
            parts.push((id.to_owned(), EXISTENCE.to_owned()));
        }
    }
    if let (Some(before), Some(after)) = (before, after)
        && !std::ptr::eq(before.facts(), after.facts())
        && before.facts().content() != after.facts().content()
    {
        parts.push(facts_part());
    }
    parts
}

fn altered_members(id: &str, old: &Json, new: &Json, ids: &Ids, parts: &mut Vec<Part>) {
    let none = Members::new();
    let (old, new) = (old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys.into_iter().filter(|key| *key != "salt") {
        let (was, is) = (old.get(key), new.get(key));
        match key.as_str() {
            "fields" => altered_fields(id, was, is, ids, parts),
            "section" => {
                let section = was.and_then(Json::as_text);
                let section = section.map(|section| ids.sections.get(section).map_or(section, String::as_str));
                if section != is.and_then(Json::as_text) {
                    parts.push((id.to_owned(), key.clone()));
                }
            }
            _ if was != is => parts.push((id.to_owned(), key.clone())),
            _ => {}
        }
    }
}

fn altered_fields(id: &str, old: Option<&Json>, new: Option<&Json>, ids: &Ids, parts: &mut Vec<Part>) {
    let none = Members::new();
    let old = old.and_then(Json::as_object).unwrap_or(&none);
    let new = new.and_then(Json::as_object).unwrap_or(&none);
    let (mut followed, mut altered) = (Members::new(), BTreeSet::new());
    for (key, value) in old {
        match ids.field_after(key) {
            Some(key) => _ = followed.insert(key.to_owned(), value.clone()),
            None => _ = altered.insert(key),
        }
    }
    altered.extend(followed.keys().chain(new.keys()).filter(|key| followed.get(*key) != new.get(*key)));
    parts.extend(altered.into_iter().map(|key| (id.to_owned(), field_part(key))));
}

/// The part that is a field of an entry.
fn field_part(key: &str) -> String {
    format!("fields/{key}")
}

/// The parts that change objects name.
fn named_parts(changes: &[Json]) -> BTreeSet<Part> {
    let mut named = BTreeSet::new();
    for change in changes {
        match change.get("entry").and_then(|entry| entry.text("id")) {
            Some(id) => named.insert((id.to_owned(), named_part(change))),
            None if change.get("entries").is_none() => named.insert(facts_part()),
            None => false,
        };
        if let Some(id) = change.get("former").and_then(|former| former.text("id")) {
            named.insert((id.to_owned(), EXISTENCE.to_owned()));
        }
        // A restored list repeats all its rows; the other changes state how it differs from the withdrawn one.
        let is_restored = change.text("kind") == Some("restored");
        let rows = change.get("entries").and_then(Json::as_array).unwrap_or_default();
        for row in rows.iter().filter(|_| !is_restored) {
            named.extend(row.text("id").map(|id| (id.to_owned(), EXISTENCE.to_owned())));
        }
        for cell in change.get("cells").and_then(Json::as_array).unwrap_or_default() {
            let part = cell.text("id").zip(change.text("field"));
            named.extend(part.map(|(id, field)| (id.to_owned(), field_part(field))));
        }
    }
    named
}

/// The part of its entry that a change names. A change without a field names the entry as a whole, also
/// one of a later version.
fn named_part(change: &Json) -> String {
    match (change.text("kind").unwrap_or_default(), change.text("field")) {
        ("renamed", _) => "name".to_owned(),
        ("moved", _) => "section".to_owned(),
        (_, Some(field)) => field_part(field),
        (_, None) => EXISTENCE.to_owned(),
    }
}

/// The part that stands for the facts.
fn facts_part() -> Part {
    (String::new(), "facts".to_owned())
}

/// The lists before and after a release.
struct Lists<'l> {
    before: Option<&'l List>,
    after: Option<&'l List>,
    ids: &'l Ids,
}

/// The result of one rule.
type Rule = Result<(), &'static str>;

fn require(holds: bool, problem: &'static str) -> Rule {
    if holds { Ok(()) } else { Err(problem) }
}

impl Lists<'_> {
    fn check(&self, change: &Json) -> Rule {
        match change.text("kind").unwrap_or_default() {
            "published" => {
                require(self.before.is_none() && self.after.is_some(), "the list was published before")?;
                self.check_rows(self.after, change)
            }
            "restored" => {
                require(self.after.is_some(), "there is no list")?;
                if change.get("entries").is_some() { self.check_rows(self.after, change) } else { Ok(()) }
            }
            "withdrawn" => {
                require(self.before.is_some() && self.after.is_none(), "the list is still there")?;
                self.check_rows(self.before, change)
            }
            "added" => self.check_added(change),
            "removed" => self.check_gone(change.get("entry"), change),
            "replaced" => {
                self.check_added(change)?;
                let former = change.get("former").ok_or("it does not name the former entry")?;
                self.check_gone(Some(former), former)
            }
            "renamed" => self.check_renamed(change),
            "moved" => self.check_moved(change),
            "columns-changed" => self.check_column(change),
            "corrected" => Err("a correction is a separate release"),
            // Their texts are sentences made from the facts; only that these differ can be checked.
            "terms-changed" | "sections-changed" | "page-text-changed" => {
                require(self.facts_differ(), "the facts of the list are the same")
            }
            kind if FIELD_KINDS.contains(&kind) => match change.get("entry") {
                Some(entry) => self.check_field(entry, change),
                None => require(self.facts_differ(), "the facts of the list are the same"),
            },
            _ => Ok(()),
        }
    }

    fn facts_differ(&self) -> bool {
        let (before, after) = (self.before.map(List::facts), self.after.map(List::facts));
        before.map(Leaf::content) != after.map(Leaf::content)
    }

    fn check_rows(&self, list: Option<&List>, change: &Json) -> Rule {
        let rows = change.get("entries").and_then(Json::as_array).ok_or("it does not name its entries")?;
        rows.iter().try_for_each(|row| check_row(list, row, row))
    }

    fn check_added(&self, change: &Json) -> Rule {
        let entry = change.get("entry").ok_or("it does not name its entry")?;
        let id = entry.text("id").unwrap_or_default();
        let existed = self.before.is_some_and(|list| list.entry(id).is_some()) && !self.ids.entries.contains_key(id);
        require(!existed, "the entry was there before")?;
        check_row(self.after, entry, change)
    }

    /// An entry of the list before that is no longer there.
    fn check_gone(&self, entry: Option<&Json>, row: &Json) -> Rule {
        let entry = entry.ok_or("it does not name its entry")?;
        let id = entry.text("id").unwrap_or_default();
        let taken = self.ids.entries.values().any(|new| new == id);
        let is_there = self.after.is_some_and(|list| list.entry(id).is_some());
        require(!is_there || taken, "the entry is still there")?;
        check_row(self.before, entry, row)
    }

    /// An entry of both lists, before and after.
    fn both(&self, change: &Json) -> Result<(&Json, &Json), &'static str> {
        let id = change.get("entry").and_then(|entry| entry.text("id")).ok_or("it does not name its entry")?;
        let old_id = self.ids.entries.iter().find(|(_, to)| *to == id).map_or(id, |(from, _)| from.as_str());
        let before = self.before.and_then(|list| list.entry(old_id)).ok_or("the entry was not there before")?;
        let after = self.after.and_then(|list| list.entry(id)).ok_or("the entry is not there")?;
        Ok((before.value(), after.value()))
    }

    fn check_renamed(&self, change: &Json) -> Rule {
        let (before, after) = self.both(change)?;
        require(change.text("before") == before.text("name"), "the name before is another")?;
        require(change.text("after") == after.text("name"), "the name after is another")
    }

    fn check_moved(&self, change: &Json) -> Rule {
        let (before, after) = self.both(change)?;
        let titles = (section_title(self.before, before), section_title(self.after, after));
        require(change.text("before").unwrap_or_default() == titles.0, "the section before is another")?;
        require(change.text("after").unwrap_or_default() == titles.1, "the section after is another")
    }

    fn check_field(&self, entry: &Json, change: &Json) -> Rule {
        let (before, after) = self.both(change)?;
        require(entry.text("name") == after.text("name"), "the entry has another name")?;
        let field = change.text("field").ok_or("it does not name its field")?;
        let old_value = self.field_before(field).and_then(|field| field_of(before, field));
        require(matches(change.get("before"), old_value), "the value before is another")?;
        require(matches(change.get("after"), field_of(after, field)), "the value after is another")
    }

    /// The key that a field had before. `None` if the key belonged to a field that has another key now.
    fn field_before<'k>(&'k self, field: &'k str) -> Option<&'k str> {
        let renamed = self.ids.fields.iter().find(|(_, to)| *to == field).map(|(from, _)| from.as_str());
        renamed.or_else(|| (!self.ids.fields.contains_key(field)).then_some(field))
    }

    fn check_column(&self, change: &Json) -> Rule {
        let field = change.text("field").ok_or("it does not name its field")?;
        let list = if change.get("after").is_some() { self.after } else { self.before };
        let cells = change.get("cells").and_then(Json::as_array).unwrap_or_default();
        for cell in cells {
            let id = cell.text("id").ok_or("a cell does not name its entry")?;
            let entry = list.and_then(|list| list.entry(id)).ok_or("a cell names an entry that is not there")?;
            require(matches(cell.get("text"), field_of(entry.value(), field)), "a cell has another value")?;
        }
        Ok(())
    }
}

/// The kinds of changes to a field of an entry.
const FIELD_KINDS: [&str; 9] = [
    "status-changed", "relocated", "data-changed", "purpose-changed", "transfer-changed", "scope-changed",
    "rescheduled", "certification-changed", "amended",
];

/// A row states the id, name, section and all fields of an entry. `fields` is a member of `row`.
fn check_row(list: Option<&List>, entry: &Json, row: &Json) -> Rule {
    let id = entry.text("id").unwrap_or_default();
    let value = list.and_then(|list| list.entry(id)).ok_or("a list does not have the entry")?.value();
    require(entry.text("name") == value.text("name"), "the entry has another name")?;
    require(entry.text("section").unwrap_or_default() == section_title(list, value), "the entry has another section")?;
    let none = Members::new();
    let fields = value.get("fields").and_then(Json::as_object).unwrap_or(&none);
    let cells = row.get("fields").and_then(Json::as_array).ok_or("it does not state the fields")?;
    require(cells.len() == fields.len(), "the entry has other fields")?;
    let same = cells.iter().all(|cell| {
        let field = cell.text("field").and_then(|key| fields.get(key));
        field.is_some() && matches(cell.get("text"), field)
    });
    require(same, "a field has another value")
}

fn field_of<'e>(entry: &'e Json, key: &str) -> Option<&'e Json> {
    entry.get("fields")?.get(key)
}

/// The title of the section of an entry; empty for a list without headings.
fn section_title(list: Option<&List>, entry: &Json) -> String {
    let id = entry.text("section").unwrap_or_default();
    let section = list.and_then(|list| list.facts().value().get("sections")?.get(id));
    section.and_then(|section| section.text("title")).unwrap_or_default().to_owned()
}

/// Whether a text of a change is that of a field. The text may contain the links in Markdown, with escaped
/// brackets or without, or leave their targets out.
fn matches(text: Option<&Json>, field: Option<&Json>) -> bool {
    match (text.and_then(Json::as_text), field) {
        (None | Some(""), None) => true,
        (Some(text), Some(field)) => [plain, as_is, escaped].into_iter().any(|form| text == in_form(field, form)),
        _ => false,
    }
}

/// The texts of spans one after the other, each in a form.
fn in_form(spans: &Json, form: fn(&str, Option<&str>) -> String) -> String {
    let spans = spans.as_array().unwrap_or_default();
    spans.iter().map(|span| form(span.text("text").unwrap_or_default(), span.text("href"))).collect()
}

fn plain(text: &str, _: Option<&str>) -> String {
    text.to_owned()
}

fn as_is(text: &str, href: Option<&str>) -> String {
    href.map_or_else(|| text.to_owned(), |href| format!("[{text}]({href})"))
}

/// Brackets, carets and backslashes of the text are preceded by a backslash.
fn escaped(text: &str, href: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '^' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    as_is(&out, href)
}
