//! The native inventory: a tree with `sections` of `entries`, or `entries` alone.

use changecast_core::{
    compare::{Comparison, ROLES, readable},
    model::{BadId, EntryId, Role, SectionId, Terms, Text},
    vocabulary::Vocabulary,
};

use crate::read::{
    build::{
        ids::stated_id,
        raw_list::{ParsedRow, RawList, RawSection},
    },
    choose::memo::{Memos, remembered_row},
    error::{ParserError, Problem, ReadError, Warning},
    position::Position,
    source_text::CellText,
    syntax::tree::{Item, Key, Node, Value},
};

/// Keys of an inventory with a fixed meaning. All others are facts of the list.
const LIST_KEYS: [&str; 6] = ["title", "description", "notice", "exclusions", "sections", "entries"];

/// Keys of an entry, in addition to those of the roles.
const ENTRY_KEYS: [&str; 6] = ["id", "name", "entity", "condition", "formerly", "replaces"];

/// Whether a tree is a native inventory. Sections of which none has a native key belong to something else.
pub(crate) fn is_native(root: &Node) -> bool {
    let sections = match root.get("sections").map(|node| &node.value) {
        Some(Value::List(items)) => {
            items.is_empty() || items.iter().any(|item| SECTION_KEYS.iter().any(|key| item.node().get(key).is_some()))
        }
        _ => has_list(root, "sections"),
    };
    sections || has_list(root, "entries")
}

/// The keys of a section, without `id` and `title`, which many maps have.
const SECTION_KEYS: [&str; 3] = ["note", "status", "entries"];

/// Whether a key has a list as its value, or no value.
fn has_list(root: &Node, key: &str) -> bool {
    matches!(root.get(key), Some(Node { value: Value::List(_) | Value::Null, .. }))
}

/// Reads a native inventory.
pub(crate) fn interpret(root: &Node, memos: &mut Memos, list: &mut RawList<'_>) -> Result<(), ReadError> {
    for (key, node) in root.map("the inventory")? {
        match key.text.as_str() {
            "title" => list.add_fact("title", "Title", &node.line("title")?),
            "description" => list.add_fact("description", "Description", &node.texts("description")?.join(" ")),
            "exclusions" => list.add_fact("exclusions", "Not on this list", &node.texts("exclusions")?.join("; ")),
            "notice" => list.terms = Some(terms(node)?),
            "sections" => {
                for section in node.list("sections")? {
                    read_section(list, memos, section)?;
                }
            }
            "entries" => {
                let mut section = RawSection::default();
                read_entries(list, memos, &mut section, node, 0)?;
                list.sections.push(section);
            }
            // A place for anchors that entries refer to.
            other if other.starts_with("x-") => {}
            other => {
                warn_near(&mut list.warnings, key, 0, nearest(list.vocabulary, other, &LIST_KEYS));
                list.add_fact(other, &readable(other), &node.line(other)?);
            }
        }
    }
    // `entries:` without a value is an oversight. An empty list is written `[]`.
    let has_oversight = is_null(root.get("entries")) || is_null(root.get("sections"));
    if has_oversight && list.sections.iter().all(|section| section.rows.is_empty()) {
        return Err(ReadError::at(root.at, Problem::Empty));
    }
    Ok(())
}

fn is_null(node: Option<&Node>) -> bool {
    matches!(node, Some(Node { value: Value::Null, .. }))
}

fn terms(node: &Node) -> Result<Terms, ReadError> {
    Terms::from_json(&node.to_json()).map_err(|error| ReadError::at(node.at, Problem::Terms(ParserError::new(error))))
}

fn read_section(list: &mut RawList<'_>, memos: &mut Memos, item: &Item) -> Result<(), ReadError> {
    let mut section = RawSection::default();
    let mut entries = None;
    for (key, node) in item.node().map("a section")? {
        match key.text.as_str() {
            "id" => section.id = Some(SectionId::new(&node.line("id")?).map_err(|bad| bad_id(node.at, bad))?),
            "title" => section.title = node.line("title")?,
            "note" => section.note = node.texts("note")?.join(" "),
            "status" => {
                let label = list.labels.intern(&readable("status"));
                section.defaults.push((label, CellText::Markdown(node.line("status")?)));
            }
            "entries" => entries = Some(node),
            other => {
                let shape = Problem::Shape { key: other.to_owned(), expected: SECTION_SHAPE, found: "another key" };
                return Err(ReadError::at(key.at, shape));
            }
        }
    }
    if let Some(entries) = entries {
        read_entries(list, memos, &mut section, entries, item.shift())?;
    }
    list.sections.push(section);
    Ok(())
}

const SECTION_SHAPE: &str = "one of the keys id, title, note, status, entries in a section";

fn bad_id(at: Position, bad: BadId) -> ReadError {
    ReadError::at(at, bad.into())
}

fn read_entries(
    list: &mut RawList<'_>,
    memos: &mut Memos,
    section: &mut RawSection,
    node: &Node,
    shift: usize,
) -> Result<(), ReadError> {
    for item in node.list("entries")? {
        let (entry, shift) = (item.node(), shift + item.shift());
        let memo = item.shared().map(|node| memos.of(node));
        let row = remembered_row(list, memo.as_ref().map(|memo| &memo.native), entry.at.below(shift), |list| {
            let members = entry.map("an entry")?.iter().map(|(key, node)| (key, node.at, &node.value));
            read_entry(list, entry.at, members, shift, IdRule::Strict)
        })?;
        section.rows.push(row);
    }
    Ok(())
}

/// Which ids a list may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdRule {
    /// The list was written for this program: a text that cannot be an id is an error.
    Strict,
    /// The list was written for others: an id may have any characters, and numbers may count the entries.
    Lenient,
}

impl IdRule {
    /// The id that a value under `id` states.
    fn read(self, at: Position, value: &Value) -> Result<Option<EntryId>, ReadError> {
        match self {
            IdRule::Strict => EntryId::new(&value.line(at, "id")?).map(Some).map_err(|bad| bad_id(at, bad)),
            IdRule::Lenient => Ok(value.line(at, "id").ok().and_then(|id| stated_id(&id))),
        }
    }
}

/// Reads the members of a map as an entry. The keys are the labels of its fields. The position of a member
/// is used for errors in its value. `shift` lines must be added to all positions.
pub(crate) fn read_entry<'a>(
    list: &mut RawList<'_>,
    at: Position,
    members: impl ExactSizeIterator<Item = (&'a Key, Position, &'a Value)>,
    shift: usize,
    ids: IdRule,
) -> Result<ParsedRow, ReadError> {
    let mut row = ParsedRow { cells: Vec::with_capacity(members.len()), ..ParsedRow::at(at.below(shift)) };
    for (key, at, value) in members {
        match key.text.as_str() {
            "id" => row.id = ids.read(at, value)?,
            "formerly" => row.hints.formerly = value.texts(at, "formerly")?.into_iter().map(Text::new).collect(),
            "replaces" => row.hints.replaces = Some(Text::new(&value.line(at, "replaces")?)).filter(|t| !t.is_empty()),
            other => {
                let (label, is_known) = list.labels.intern_key(other);
                // A version has one warning for each key, even if all entries have the key.
                if !is_known && list.vocabulary.role_of(other).info().comparison == Comparison::Text {
                    let meant = list.labels.suggestion(other, || nearest_entry_key(list.vocabulary, other));
                    warn_near(&mut list.warnings, key, shift, meant);
                }
                row.cells.push((label, CellText::Markdown(value.line(at, other)?)));
            }
        }
    }
    Ok(row)
}

/// Adds a warning for a key that is almost one of the known keys.
fn warn_near(warnings: &mut Vec<Warning>, key: &Key, shift: usize, meant: Option<&str>) {
    if let Some(meant) = meant {
        let message = format!("unknown key {:?}, kept as a custom column; did you mean {meant:?}?", key.text);
        warnings.push(Warning::at(Warning::UNKNOWN_KEY, key.at.below(shift), message));
    }
}

fn nearest_entry_key(vocabulary: &Vocabulary, found: &str) -> Option<&'static str> {
    let roles = ROLES.iter().map(|role| role.key);
    nearest(vocabulary, found, &ENTRY_KEYS.into_iter().chain(roles).collect::<Vec<_>>())
}

/// The known key that was probably meant, if the key is a near misspelling of it.
fn nearest(vocabulary: &Vocabulary, found: &str, known: &[&'static str]) -> Option<&'static str> {
    if known.contains(&found) || vocabulary.role_of(found) != Role::Other {
        return None;
    }
    let tolerated = match found.len() {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    known.iter().copied().find(|known| strsim::osa_distance(known, found) <= tolerated)
}
