//! The tables, lists and records of a page, each with the headings and the paragraph above it.

use changecast_core::{
    compare::{Lifecycle, Status},
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::syntax::block::{Block, Item, Table, header_of, link_text, split};

fn words() -> &'static Vocabulary {
    Vocabulary::builtin()
}

/// A table or list with its headings and the paragraph above.
pub(crate) struct Found<'a> {
    /// The headings above it, from the top level down.
    pub headings: Vec<&'a str>,
    /// The paragraph directly above it.
    pub lead: Option<&'a str>,
    pub content: Content<'a>,
}

pub(crate) enum Content<'a> {
    Table(&'a Table),
    List(&'a [Item]),
    /// The fields of one entry, which a heading or sentence above names.
    Record(&'a [Item]),
}

impl Found<'_> {
    /// The shape of a list: whether most items have a lead, and whether most have a description.
    pub fn shape(&self) -> (bool, bool) {
        let Content::List(items) = self.content else { return (false, false) };
        (is_true_of_most(items, |item| item.lead.is_some()), is_true_of_most(items, has_description))
    }

    /// Whether this list belongs to the inventory even if the page also has tables: its heading is about
    /// vendors, and every bullet has a name and a description.
    pub fn lists_vendors(&self) -> bool {
        let Content::List(items) = self.content else { return false };
        words().is_about_vendors(self.heading())
            && !words().mentions(Meaning::OtherSubject, self.heading())
            && !self.is_about_maintenance()
            && self.headings.len() > 1
            && items.iter().all(|item| item.lead.is_some() && is_name(&split(item).0) && !split(item).1.is_empty())
    }

    /// Whether the heading or paragraph above is about the maintenance of the list.
    pub fn is_about_maintenance(&self) -> bool {
        words().mentions(Meaning::Procedure, &format!("{} {}", self.heading(), self.lead.unwrap_or_default()))
    }

    /// Whether this lists former vendors, which are not on the list.
    pub fn is_past(&self) -> bool {
        // The heading over a record is the vendor's name.
        let above = self.headings.len() - usize::from(self.is_record() && !self.headings.is_empty());
        let nearest = self.headings[..above].iter().rev().find_map(|heading| status_of(heading));
        let sentence = self.lead.and_then(|lead| lead.split(['.', '!', '?']).rfind(|part| !part.trim().is_empty()));
        nearest.is_some_and(|status| ends(&status))
            || sentence.is_some_and(|sentence| words().mentions(Meaning::NoLongerUsed, sentence))
    }

    /// Whether this is a table of dated changes.
    pub fn is_log(&self) -> bool {
        let Content::Table(table) = self.content else { return false };
        let labels: Vec<String> = header_of(table).0.iter().map(|cell| fold(&link_text(&cell.text))).collect();
        let vocabulary = words();
        let lists = [Role::Location, Role::Data, Role::Transfer]
            .iter()
            .any(|role| labels.iter().any(|label| vocabulary.role_of(label) == *role));
        let heading = fold(self.heading());
        let begins_with_date = labels.first().is_some_and(|label| vocabulary.has_word(Meaning::DateWord, label));
        let is_titled_as_log = begins_with_date || vocabulary.has_word(Meaning::HistoryWord, &heading);
        labels.iter().any(|label| is_change_label(label))
            && !lists
            && is_titled_as_log
            && !vocabulary.has_word(Meaning::AheadWord, &heading)
    }

    pub fn is_table(&self) -> bool {
        matches!(self.content, Content::Table(_))
    }

    pub fn is_record(&self) -> bool {
        matches!(self.content, Content::Record(_))
    }

    /// The nearest heading above it, or an empty text.
    pub fn heading(&self) -> &str {
        self.headings.last().copied().unwrap_or_default()
    }
}

impl Found<'_> {
    /// The folded headers of a table.
    pub fn columns(&self) -> Vec<String> {
        match self.content {
            Content::Table(table) => header_of(table).0.iter().map(|cell| fold(&cell.text)).collect(),
            Content::List(_) | Content::Record(_) => Vec::new(),
        }
    }

    /// Whether the headings, the paragraph above or the first field are about vendors.
    pub fn is_about_vendors(&self) -> bool {
        let label = match self.content {
            // A description that begins with `Vendor: …` is about vendors.
            Content::Record(items) => items.first().map(|item| split(item).0).unwrap_or_default(),
            _ => String::new(),
        };
        words().is_about_vendors(&format!("{} {} {label}", self.headings.join(" "), self.lead.unwrap_or_default()))
    }

    /// Whether the headings below the page's title or the paragraph above are about vendors.
    pub fn is_introduced_as_vendors(&self) -> bool {
        let below_title = self.headings.get(1..).unwrap_or_default().join(" ");
        words().is_about_vendors(&(below_title + " " + self.lead.unwrap_or_default()))
    }
}

fn is_true_of_most(items: &[Item], condition: fn(&Item) -> bool) -> bool {
    items.iter().filter(|item| condition(item)).count() * 2 > items.len()
}

fn has_description(item: &Item) -> bool {
    !split(item).1.is_empty() || !item.children.is_empty()
}

/// Whether a folded header is that of a column of changes: "Change", "Action".
fn is_change_label(label: &str) -> bool {
    let vocabulary = words();
    vocabulary.has_word(Meaning::ChangeWord, label) && !vocabulary.has_word(Meaning::ChangeWordException, label)
        || vocabulary.is(Meaning::ChangeColumn, label)
}

/// The level of a line of strong text that is used as a heading: below all headings.
const STRONG_LEVEL: usize = 7;

/// The tables and lists of a page, with the headings and paragraph above each.
pub(crate) fn find(blocks: &[Block]) -> Vec<Found<'_>> {
    let mut headings: Vec<(usize, &str)> = Vec::new();
    let mut lead: Option<&str> = None;
    let mut found: Vec<Found<'_>> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let behind = &blocks[at + 1..];
        let content = match block {
            Block::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text));
                lead = None;
                continue;
            }
            Block::Paragraph { text, strong } if *strong && heads(text, behind) => {
                headings.retain(|(above, _)| *above < STRONG_LEVEL);
                headings.push((STRONG_LEVEL, text));
                lead = None;
                continue;
            }
            Block::Paragraph { text, .. } => {
                lead = Some(text);
                continue;
            }
            Block::Field { text, .. } => {
                lead = Some(text);
                continue;
            }
            Block::Table(table) => Content::Table(table),
            Block::Record(items) => Content::Record(items),
            Block::List(items) => Content::List(items),
        };
        found.push(Found { headings: headings.iter().map(|(_, text)| *text).collect(), lead: lead.take(), content });
    }
    found
}

/// Whether a line of strong text is the heading of the table or list that follows: a few words, and
/// no statement like "Last updated: May 2024".
fn heads(text: &str, behind: &[Block]) -> bool {
    let followed =
        matches!(behind.first(), Some(Block::Table(_) | Block::List(_) | Block::Record(_) | Block::Field { .. }));
    followed
        && text.split_whitespace().count() <= 6
        && !text.contains(':')
        && !text.ends_with(['.', '!', '?'])
        && !words().mentions(Meaning::PageDate, text)
}

/// Whether a heading states that all vendors below it are no longer engaged: "Former sub-processors", "Removed in
/// 2024", but not "Past and current" or "Former Acme products".
pub(crate) fn ends(status: &str) -> bool {
    let status = Status::read(words(), status);
    let first = status.qualifier.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    status.lifecycle == Some(Lifecycle::Ended)
        && !status.qualifier.contains("current")
        && (first.is_empty()
            || words().is(Meaning::StatusTail, first)
            || first.starts_with(|c: char| c.is_ascii_digit()))
}

/// The status that a heading gives: "Conditional sub-processors", "Available but not enabled".
pub(crate) fn status_of(heading: &str) -> Option<String> {
    let kept = heading.split_whitespace().filter(|word| !words().is_about_vendors(word) && !word.ends_with('.'));
    // "List of our former sub-processors", "Sub-processors we no longer use".
    let status: Vec<&str> = kept.skip_while(|word| words().is(Meaning::ListIntro, &fold(word))).collect();
    let text = status.join(" ");
    Status::read(words(), &text).lifecycle.map(|_| text)
}

/// Whether a text is short enough for a name.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = link_text(text);
    let words = plain.split_whitespace().count();
    (1..=8).contains(&words) && plain.chars().count() <= 90 && !plain.ends_with(['?', '!'])
}
