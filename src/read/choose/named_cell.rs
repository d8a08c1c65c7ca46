//! Cells that name a vendor: the name, and the link, legal entity or postal address that may follow it.

use changecast_core::{
    compare::ADDRESS_LABEL,
    model::{fold, note_mark::name_without_marks},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    build::{
        intern::Label,
        raw_list::{ParsedRow, RawList},
    },
    choose::entry_name::legal_form,
    source_text::{SourceText, cleaned},
};

/// The label of the column for postal addresses that follow a name.
const POSTAL_LABEL: &str = "Postal address";

/// The label of the column for the companies that follow the names of their products.
const ENTITY_LABEL: &str = "Legal entity";

/// The label of the column for lines after a name that are not known to be something else.
const DETAILS_LABEL: &str = "Details";

/// Adds the cells of a text that names a vendor.
pub(crate) fn add_name(
    list: &mut RawList<'_>,
    row: &mut ParsedRow,
    label: Label,
    text: &SourceText,
    link: LinkCell,
    lines: NameLines,
) {
    let mut named = Named::of(list.vocabulary, text, lines);
    if link == LinkCell::Skip && !named.link_lines.is_empty() {
        let lines = std::mem::take(&mut named.details).into_iter().chain(std::mem::take(&mut named.link_lines));
        named.details = lines.collect();
    }
    row.cells.push((label, SourceText::from(named.name).into()));
    if let (LinkCell::Add, Some(address)) = (link, named.link) {
        row.cells.push((list.labels.intern(ADDRESS_LABEL), SourceText::from(address).into()));
    }
    let (entity, postal) = (named.entity.into(), named.postal.into());
    let others =
        [(ENTITY_LABEL, entity), (POSTAL_LABEL, postal), (DETAILS_LABEL, SourceText::join(&named.details, "; "))];
    for (label, text) in others.into_iter().filter(|(_, text)| !text.is_empty()) {
        row.cells.push((list.labels.intern(label), text.into()));
    }
}

/// The name in a text that names a vendor, without links, marks and the lines that are not part of it.
pub(crate) fn name_in(words: &Vocabulary, text: &SourceText) -> String {
    Named::of(words, text, NameLines::Name).name
}

/// Whether the link of a name becomes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkCell {
    /// It becomes a cell.
    Add,
    /// The list has a column for links.
    Skip,
}

impl LinkCell {
    /// For a list with this header.
    pub fn unless(has_link_column: bool) -> Self {
        if has_link_column { LinkCell::Skip } else { LinkCell::Add }
    }
}

/// The meaning of the further lines of names in one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameLines {
    /// They continue the name, unless they are known to be something else.
    Name,
    /// They describe the vendor: in most cells they are an address or a company.
    Details,
}

impl NameLines {
    /// For a table with these names.
    pub fn of<'t>(words: &Vocabulary, names: impl Iterator<Item = &'t SourceText>) -> Self {
        let further = names.filter_map(|name| {
            let mut lines = lines_of(name);
            let first = lines.next()?;
            Some(matches!(Line::of(words, &first, &lines.next()?), Line::Address(_) | Line::Entity))
        });
        let (described, continued): (Vec<bool>, Vec<bool>) = further.partition(|describes| *describes);
        if described.len() > continued.len() { NameLines::Details } else { NameLines::Name }
    }
}

/// The parts of a text that names a vendor.
#[derive(Debug, Default)]
struct Named {
    /// The name without links and marks.
    name: String,
    /// The address of the first link, or an address on a separate line.
    link: Option<String>,
    /// The company, if the name is that of a product.
    entity: String,
    /// The postal address: the lines after the name, from the first that contains a number.
    postal: String,
    /// The lines that describe the vendor.
    details: Vec<SourceText>,
    /// The lines that are addresses, or links to pages about the vendor.
    link_lines: Vec<SourceText>,
}

impl Named {
    /// Separates the name from links, companies, postal address and footnote marks. Only a line break ends a
    /// line: a semicolon may be part of a name.
    fn of(words: &Vocabulary, text: &SourceText, name_lines: NameLines) -> Self {
        let link = text.links().next().map(|(_, address)| address.to_owned());
        let mut lines = lines_of(text);
        let first = lines.next().unwrap_or_default();
        let mut named = Named { link, ..Named::default() };
        let (mut entity, mut postal) = (Vec::new(), Vec::new());
        let mut name = vec![first.clone()];
        for line in lines {
            match Line::of(words, &first, &line) {
                Line::Page => named.link_lines.push(line),
                Line::Repetition => {}
                Line::Postal => postal.push(line),
                _ if !postal.is_empty() => postal.push(line),
                Line::Address(address) => {
                    named.link = named.link.or(Some(address));
                    named.link_lines.push(line);
                }
                Line::Entity => entity.push(line),
                Line::Other if name_lines == NameLines::Details => named.details.push(line),
                Line::Other => name.push(line),
            }
        }
        named.name = name_without_marks(&cleaned(&SourceText::join(&name, " "))).trim().to_owned();
        named.entity = cleaned(&SourceText::join(&entity, ", "));
        named.postal = cleaned(&SourceText::join(&postal, ", "));
        named
    }
}

/// The lines of a text. Only the first may be empty.
fn lines_of(text: &SourceText) -> impl Iterator<Item = SourceText> {
    let lines = text.split_lines().map(|line| line.trimmed()).enumerate();
    lines.filter(|(at, line)| *at == 0 || !line.is_empty()).map(|(_, line)| line)
}

/// A line below a name.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// Only a link to a page about the vendor: "Privacy policy".
    Page,
    /// An address in the web, or of e-mail.
    Address(String),
    Postal,
    /// The company that offers the product in the first line, or its full name.
    Entity,
    /// The first line once more.
    Repetition,
    Other,
}

impl Line {
    fn of(words: &Vocabulary, first: &str, line: &SourceText) -> Self {
        let (name, text) = (fold(&cleaned(first)), cleaned(line));
        if leads_to_page(words, line) {
            Line::Page
        } else if fold(&text) == name {
            Line::Repetition
        } else if is_address(&text) {
            Line::Address(text.trim_matches(['(', ')']).to_owned())
        } else if is_postal(line) {
            Line::Postal
        } else if is_entity(words, &name, &fold(&text)) {
            Line::Entity
        } else {
            Line::Other
        }
    }
}

/// Whether a line consists of links to pages about the vendor: "Privacy policy", "Privacy · DPA".
fn leads_to_page(words: &Vocabulary, line: &SourceText) -> bool {
    let has_text = line.without_links().contains(char::is_alphanumeric);
    let are_pages = line.links().all(|(label, _)| words.is(Meaning::DocumentName, &fold(label)));
    line.has_links() && !has_text && are_pages
}

/// Whether a text is an address in the web or of e-mail: "alder.example", "alder.example/privacy".
fn is_address(text: &str) -> bool {
    let text = text.trim_matches(['(', ')']);
    let host = text.split_once("://").map_or(text, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let end = host.rsplit_once('.').map(|(_, end)| end).unwrap_or_default();
    let is_end = end.len() >= 2 && end.chars().all(|c| c.is_ascii_lowercase());
    is_end && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_' | '+'))
}

/// Whether a line after a name belongs to a postal address. "365" and "GA 4" are parts of product names.
fn is_postal(line: &SourceText) -> bool {
    line.len() >= 8
        && line.contains(|c: char| c.is_ascii_digit())
        && line.contains(char::is_alphabetic)
        && !line.has_links()
        && !line.contains(['[', '('])
}

/// Whether a folded line below a folded name is a company: it begins with the name, or is a name of several
/// words with a legal form.
fn is_entity(words: &Vocabulary, name: &str, line: &str) -> bool {
    let continues = line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ',']));
    let tokens: Vec<String> = line.split([' ', ',']).map(without_dots).filter(|word| !word.is_empty()).collect();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let form = legal_form(words, &tokens);
    let begins_alike = tokens.first().copied() == name.split(' ').next();
    continues || form.is_some_and(|length| tokens.len() >= length + 2 || begins_alike)
}

fn without_dots(word: &str) -> String {
    word.replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_a_name_are_told_apart() {
        for (first, line, expected) in [
            ("Alder", "Alder Storage GmbH", Line::Entity),
            ("Alder", "Alder Storage", Line::Entity),
            ("Alder", "Birch Functional Software, Inc.", Line::Entity),
            ("Alder", "Mail GmbH", Line::Other),
            ("Alder", "Tools", Line::Other),
            ("Alder", "Alder", Line::Repetition),
            ("Alder", "alder.example", Line::Address("alder.example".to_owned())),
            ("Alder", "(alder.example)", Line::Address("alder.example".to_owned())),
            ("Alder", "https://alder.example/a", Line::Address("https://alder.example/a".to_owned())),
            ("Alder", "[alder.example](https://alder.example)", Line::Address("alder.example".to_owned())),
            ("Alder", "privacy@alder.example", Line::Address("privacy@alder.example".to_owned())),
            ("Alder", "[Privacy policy](https://alder.example/privacy)", Line::Page),
            ("Alder", "[Privacy](https://alder.example/p) \u{b7} [DPA](https://alder.example/d)", Line::Page),
            ("Alder", "Hauptstr. 5, Berlin", Line::Postal),
            ("Quill Office", "365", Line::Other),
            ("Alder", "(formerly Birch)", Line::Other),
        ] {
            assert_eq!(
                Line::of(Vocabulary::builtin(), first, &SourceText::from_markdown(line)),
                expected,
                "{first} / {line}"
            );
        }
    }

    #[test]
    fn further_lines_are_no_part_of_the_name_if_most_are_addresses() {
        let names = [["Alder", "alder.example"], ["Birch", "birch.example"], ["Cedar", "by contract"]].map(two_lines);
        let lines = NameLines::of(Vocabulary::builtin(), names.iter());
        assert_eq!(lines, NameLines::Details);
        let named = Named::of(Vocabulary::builtin(), &names[2], lines);
        assert_eq!((named.name.as_str(), &named.details[..]), ("Cedar", &["by contract".into()][..]));
        assert_eq!(
            NameLines::of(Vocabulary::builtin(), [two_lines(["Alder", "Tools"]), "Birch".into()].iter()),
            NameLines::Name
        );
    }

    fn two_lines([first, second]: [&str; 2]) -> SourceText {
        let mut text = SourceText::from(first);
        text.push_line_break();
        text.push(second);
        text
    }
}
