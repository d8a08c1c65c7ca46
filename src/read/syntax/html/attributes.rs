//! The attributes of tags that matter.

use html5gum::StartTag;

/// The attributes of a tag that matter.
#[derive(Default)]
pub(super) struct Attributes {
    /// The address of a link.
    pub href: Option<String>,
    /// The heading of a component.
    pub title: Option<String>,
    /// The number of further rows that a cell spans.
    pub rows: usize,
    /// The number of further columns that a cell spans.
    pub columns: usize,
}

impl Attributes {
    pub fn of(tag: &StartTag<usize>) -> Self {
        let span = |name| attribute(tag, name).and_then(|count| count.trim().parse().ok()).unwrap_or(1_usize);
        // No rows means all rows of the table (HTML, section 4.9.11).
        let rows = if span(b"rowspan") == 0 { usize::MAX } else { span(b"rowspan") };
        let title = attribute(tag, b"title").filter(|_| !tag.self_closing);
        Attributes { href: attribute(tag, b"href"), title, rows: rows - 1, columns: span(b"colspan").saturating_sub(1) }
    }
}

/// The value of an attribute.
pub(super) fn attribute(tag: &StartTag<usize>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned())
}
