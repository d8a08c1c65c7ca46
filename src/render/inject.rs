//! The change log and the list in a page that exists already, between markers.

use changecast_core::{
    model::Inventory,
    prose::messages::{Messages, fill},
};

use super::{Announcement, ChangeLogRow, html, markdown};

/// Why a page has no place for the change log and the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InjectError {
    /// The page has neither pair of markers.
    #[error(
        "the page does not contain `<!-- changecast:changelog -->` or `<!-- changecast:list -->`, alone on a line outside code"
    )]
    NoMarker,
    /// A marker is not closed.
    #[error(
        "line {1}: the marker `<!-- changecast:{0} -->` is not closed by `<!-- /changecast:{0} -->`, alone on a line"
    )]
    Open(&'static str, usize),
    /// A marker is not opened.
    #[error("line {1}: `<!-- /changecast:{0} -->` closes no marker")]
    Closed(&'static str, usize),
    /// A marker occurs twice.
    #[error("line {1}: the marker `<!-- changecast:{0} -->` occurs twice")]
    Twice(&'static str, usize),
    /// A marker is between two others.
    #[error("line {1}: the marker `<!-- changecast:{0} -->` is inside another pair of markers")]
    Nested(&'static str, usize),
}

/// Replaces the lines between `<!-- changecast:changelog -->` and `<!-- /changecast:changelog -->` in a page with the
/// change log, and the same for `list`. Both begin with the date of the last change. A page that is not `html` is
/// Markdown. A marker counts only if it is alone on its line and outside code.
///
/// # Errors
/// [`InjectError`] if no pair of markers is found, or it is not clear which lines to replace.
pub fn inject(
    page: &str,
    announcements: &[Announcement],
    current: Option<&Inventory>,
    html: bool,
    messages: &Messages,
) -> Result<String, InjectError> {
    let pairs = pairs(page, html)?;
    let newest = announcements.last().map(|newest| newest.published.date());
    let updated = newest.map(|date| fill(messages.last_updated, &[&date])).unwrap_or_default();
    let updated = if html { format!("<p>{updated}</p>") } else { updated };
    let mut out = page.to_owned();
    for Pair { name, inside } in pairs.into_iter().rev() {
        let content = content(name, announcements, current, (html, messages));
        out.replace_range(inside, &format!("{updated}\n\n{}\n", content.trim_end()));
    }
    Ok(out)
}

/// What belongs between the markers of this name.
fn content(
    name: &str,
    announcements: &[Announcement],
    current: Option<&Inventory>,
    (html, messages): (bool, &Messages),
) -> String {
    if name == LIST {
        return match html {
            true => html::list_tables(messages, current),
            false => current.map(|list| markdown::list_tables(messages, list)).unwrap_or_default(),
        };
    }
    let rows: Vec<ChangeLogRow<'_>> = announcements.iter().rev().map(Announcement::row).collect();
    if html { html::change_log_table(messages, &rows) } else { markdown::change_log(messages, &rows) }
}

const LIST: &str = "list";
const NAMES: [&str; 2] = ["changelog", LIST];

/// A pair of markers, and the offsets of the lines between them.
struct Pair {
    name: &'static str,
    inside: std::ops::Range<usize>,
}

/// The pairs of markers in a page, in their order.
fn pairs(page: &str, html: bool) -> Result<Vec<Pair>, InjectError> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut open: Option<(&'static str, usize, usize)> = None;
    let mut code = Code::default();
    let mut begin = 0;
    for (at, line) in page.split_inclusive('\n').enumerate() {
        let (number, end) = (at + 1, begin + line.len());
        if !code.contains(line, html)
            && let Some((name, closes)) = marker(line)
        {
            let is_known = pairs.iter().any(|pair| pair.name == name);
            match (open, closes) {
                (None, false) if is_known => return Err(InjectError::Twice(name, number)),
                (None, false) => open = Some((name, number, end)),
                (None, true) => return Err(InjectError::Closed(name, number)),
                (Some((opened, ..)), true) if opened != name => return Err(InjectError::Closed(name, number)),
                (Some((_, _, after)), true) => {
                    pairs.push(Pair { name, inside: after..begin });
                    open = None;
                }
                (Some((opened, ..)), false) if opened == name => return Err(InjectError::Twice(name, number)),
                (Some(_), false) => return Err(InjectError::Nested(name, number)),
            }
        }
        begin = end;
    }
    match open {
        Some((name, number, _)) => Err(InjectError::Open(name, number)),
        None if pairs.is_empty() => Err(InjectError::NoMarker),
        None => Ok(pairs),
    }
}

/// The marker that a line consists of, and whether it closes.
fn marker(line: &str) -> Option<(&'static str, bool)> {
    let inner = line.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let (text, closes) = inner.strip_prefix('/').map_or((inner, false), |text| (text, true));
    let name = text.strip_prefix("changecast:")?;
    NAMES.into_iter().find(|known| *known == name).map(|name| (name, closes))
}

/// The code that the lines of a page are in.
#[derive(Default)]
struct Code {
    /// The mark that opened a fence (CommonMark §4.5): its character and its length.
    fence: Option<(char, usize)>,
    /// The element that shows its content as it is written.
    element: Option<&'static str>,
}

/// Elements in which a comment is not one, or is an example.
const ELEMENTS: [&str; 4] = ["pre", "script", "style", "textarea"];

impl Code {
    /// Whether the next line is code, or begins or ends it.
    fn contains(&mut self, line: &str, html: bool) -> bool {
        if let Some(name) = self.element {
            if line.to_ascii_lowercase().contains(&format!("</{name}>")) {
                self.element = None;
            }
            return true;
        }
        if !html && self.is_fenced(line) {
            return true;
        }
        let lower = line.to_ascii_lowercase();
        let opened = ELEMENTS.into_iter().find(|name| {
            let after = lower.rsplit_once(&format!("<{name}")).map(|(_, after)| after);
            after.is_some_and(|after| {
                after.starts_with(['>', ' ', '\n', '\r']) && !after.contains(&format!("</{name}>"))
            })
        });
        self.element = opened;
        // Four spaces make a line code in Markdown.
        opened.is_some() || (!html && (line.starts_with("    ") || line.starts_with('\t')))
    }

    fn is_fenced(&mut self, line: &str) -> bool {
        let text = line.trim_start_matches(' ');
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~') && line.len() - text.len() < 4);
        let length = mark.map_or(0, |mark| text.chars().take_while(|c| *c == mark).count());
        match self.fence {
            Some((opened, least)) => {
                let closes = mark == Some(opened) && length >= least && text.trim_end().chars().all(|c| c == opened);
                if closes {
                    self.fence = None;
                }
                true
            }
            None if length >= 3 => {
                self.fence = mark.map(|mark| (mark, length));
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use changecast_core::prose::messages::ENGLISH;

    const PAIR: &str = "<!-- changecast:list -->\nold\n<!-- /changecast:list -->\n";

    fn injected(page: &str) -> Result<String, InjectError> {
        inject(page, &[], None, false, &ENGLISH)
    }

    #[test]
    fn only_lines_between_markers_of_their_own_are_replaced() {
        for before in [
            "Put `<!-- changecast:list -->` where it belongs.\nIMPORTANT\n",
            "```html\n<!-- changecast:list -->\n```\nIMPORTANT\n",
            "~~~~\n~~~\n<!-- changecast:list -->\n~~~~\n",
            "    <!-- changecast:list -->\nIMPORTANT\n",
            "<pre>\n<!-- changecast:list -->\n</pre>\n",
            "> <!-- changecast:list -->\n",
        ] {
            let page = injected(&format!("{before}{PAIR}end\n")).expect(before);
            assert!(page.starts_with(before) && page.ends_with("\n<!-- /changecast:list -->\nend\n"), "{page}");
            assert!(!page.contains("old"), "{page}");
            assert_eq!(injected(&page).as_deref(), Ok(&*page), "a second time changes nothing");
        }
    }

    #[test]
    fn it_must_be_clear_which_lines_are_replaced() {
        let changelog = "<!-- changecast:changelog -->\n";
        for (page, error) in [
            ("text\n".to_owned(), InjectError::NoMarker),
            ("<!-- changecast:list -->old<!-- /changecast:list -->\n".to_owned(), InjectError::NoMarker),
            (format!("{PAIR}{PAIR}"), InjectError::Twice("list", 4)),
            (format!("<!-- changecast:list -->\n{PAIR}"), InjectError::Twice("list", 2)),
            ("<!-- changecast:list -->\n".to_owned(), InjectError::Open("list", 1)),
            ("<!-- /changecast:list -->\n".to_owned(), InjectError::Closed("list", 1)),
            (format!("{changelog}{PAIR}<!-- /changecast:changelog -->\n"), InjectError::Nested("list", 2)),
        ] {
            assert_eq!(injected(&page), Err(error), "{page}");
        }
    }
}
