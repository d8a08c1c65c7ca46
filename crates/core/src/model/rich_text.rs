//! Text with links.
//!
//! A [`RichText`] is a plain [`Text`] and the ranges of it that are links. Syntax readers build it with
//! [`RichTextBuilder`]; renderers iterate over its [`Span`]s. [`RichText::from_inline_markdown`] is the only
//! parser of Markdown links: formats in which strings are Markdown by convention use it.

mod inline_markdown;

use std::{borrow::Cow, fmt, ops::Range, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Text;
use inline_markdown::{escaped, parse};

/// A text, parts of which may be links. Without links it costs as much as a [`Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RichText {
    text: Text,
    /// Present when the Markdown form differs from the text.
    marked: Option<Arc<Marked>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Marked {
    /// In the order of the text, without overlap.
    links: Vec<Link>,
    markdown: Text,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Link {
    /// A byte range of the text.
    range: Range<usize>,
    href: Box<str>,
}

/// A part of a text, with the address that it links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// The text of the part.
    pub text: &'a str,
    /// The address of a link as written. It may be relative: use [`WebUrl`](super::WebUrl) before it becomes a
    /// link on another page.
    pub href: Option<&'a str>,
}

/// An owned [`Span`]: the form in which rich text is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSpan {
    /// The text of the part.
    pub text: String,
    /// The address of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

impl From<Span<'_>> for TextSpan {
    fn from(span: Span<'_>) -> Self {
        TextSpan { text: span.text.to_owned(), href: span.href.map(str::to_owned) }
    }
}

/// Stored spans that are not in the form that [`RichText::to_spans`] returns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("spans that are empty, adjacent without a link, unclean or with an unsafe address")]
pub struct BadSpans;

impl RichText {
    /// The text without its links.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The text without its links.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Whether the text is empty. An empty text has no links.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a part of the text is a link.
    pub fn has_links(&self) -> bool {
        !self.links().is_empty()
    }

    fn links(&self) -> &[Link] {
        self.marked.as_ref().map_or(&[], |marked| &marked.links)
    }

    /// The parts of the text: links, and the text between them. No span is empty.
    pub fn spans(&self) -> impl Iterator<Item = Span<'_>> {
        let text = self.as_str();
        let ends = self.links().iter().map(|link| link.range.end);
        let gaps = std::iter::once(0).chain(ends).zip(self.links().iter().map(Some).chain([None]));
        let spans = gaps.flat_map(move |(from, link)| {
            let gap = Span { text: &text[from..link.map_or(text.len(), |link| link.range.start)], href: None };
            [Some(gap), link.map(|link| Span { text: &text[link.range.clone()], href: Some(&*link.href) })]
        });
        spans.flatten().filter(|span| !span.text.is_empty())
    }

    /// The spans as they are stored.
    pub fn to_spans(&self) -> Vec<TextSpan> {
        self.spans().map(TextSpan::from).collect()
    }

    /// The text of stored spans.
    ///
    /// # Errors
    /// [`BadSpans`] if [`RichText::to_spans`] would return other spans.
    pub fn from_spans(spans: &[TextSpan]) -> Result<Self, BadSpans> {
        let mut builder = RichTextBuilder::default();
        for span in spans {
            match &span.href {
                Some(href) => builder.push_link(&span.text, href),
                None => builder.push(&span.text),
            }
        }
        let text = builder.build();
        if text.to_spans() == spans { Ok(text) } else { Err(BadSpans) }
    }

    /// The text with its links in the form `[label](href)`. [`RichText::from_inline_markdown`] reads it back.
    pub fn markdown(&self) -> &Text {
        self.marked.as_ref().map_or(&self.text, |marked| &marked.markdown)
    }

    /// Reads a string in which `[label](href)` is a link. Other Markdown is kept unchanged.
    ///
    /// Labels may contain balanced brackets. Footnote marks (`[^1]`) are not links.
    pub fn from_inline_markdown(raw: &str) -> Self {
        if raw.contains('[') { parse(raw).build() } else { RichText::from(Text::new(raw)) }
    }

    /// The text for output without links: `terms (https://a.example)`. Footnote marks are left out.
    pub fn to_plain_text(&self) -> Cow<'_, str> {
        if !self.as_str().contains('[') && !self.has_links() {
            return self.as_str().into();
        }
        let mut out = String::with_capacity(self.as_str().len());
        for span in self.spans() {
            match span.href {
                Some(href) => out.extend([span.text, " (", href, ")"]),
                None => out.push_str(&without_footnote_marks(span.text)),
            }
        }
        out.into()
    }
}

impl From<Text> for RichText {
    fn from(text: Text) -> Self {
        // Most texts contain no bracket, so their Markdown form is the text itself.
        if text.as_str().contains('[') {
            RichTextBuilder { text: text.to_string(), links: Vec::new() }.build()
        } else {
            RichText { text, marked: None }
        }
    }
}

impl fmt::Display for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl Serialize for RichText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_spans().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RichText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spans = Vec::<TextSpan>::deserialize(deserializer)?;
        RichText::from_spans(&spans).map_err(serde::de::Error::custom)
    }
}

/// Puts a [`RichText`] together. Its text is cleaned like every [`Text`].
#[derive(Debug, Default)]
pub struct RichTextBuilder {
    text: String,
    links: Vec<Link>,
}

impl RichTextBuilder {
    /// Adds text that is not a link.
    pub fn push(&mut self, raw: &str) {
        if raw.starts_with(char::is_whitespace) {
            self.push_space();
        }
        let text = Text::new(raw);
        if !text.is_empty() {
            self.text.push_str(text.as_str());
            if raw.ends_with(char::is_whitespace) {
                self.push_space();
            }
        }
    }

    fn push_space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Adds a link. If the address is empty or could run code, only the label is added. If the label is empty or
    /// equal to the address, the address is added as text.
    pub fn push_link(&mut self, label: &str, href: &str) {
        let text = Text::new(label);
        let Some(address) = link_address(href).filter(|_| text != Text::new(href)) else { return self.push(label) };
        if text.is_empty() {
            return self.push(Text::new(href).as_str());
        }
        if label.starts_with(char::is_whitespace) {
            self.push_space();
        }
        let start = self.text.len();
        self.text.push_str(text.as_str());
        self.links.push(Link { range: start..self.text.len(), href: address });
        if label.ends_with(char::is_whitespace) {
            self.push_space();
        }
    }

    /// Returns the text, without white space at its end.
    pub fn build(mut self) -> RichText {
        self.text.truncate(self.text.trim_end().len());
        let text = Text::new(&self.text);
        let markdown = Text::new(&self.markdown());
        if self.links.is_empty() && markdown == text {
            return RichText { text, marked: None };
        }
        let marked = Marked { links: self.links, markdown };
        RichText { text, marked: Some(Arc::new(marked)) }
    }

    /// The Markdown form. Brackets are escaped only if they would be read as something else.
    fn markdown(&self) -> Cow<'_, str> {
        if !self.text.contains('[') && self.links.is_empty() {
            return self.text.as_str().into();
        }
        let simple = self.write(|text| text.into());
        let read_back = parse(&simple);
        if read_back.text.trim_end() == self.text && read_back.links == self.links {
            simple.into()
        } else {
            self.write(escaped).into()
        }
    }

    fn write(&self, form: fn(&str) -> Cow<'_, str>) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for Link { range, href } in &self.links {
            let (before, label) = (form(&self.text[from..range.start]), form(&self.text[range.clone()]));
            out.extend([&before, "[", &label, "](", href, ")"]);
            from = range.end;
        }
        out + &form(&self.text[from..])
    }
}

/// The address of a link in the form that a [`RichText`] keeps: without characters that would end it in Markdown.
/// `None` if it is empty or could run code.
pub fn link_address(raw: &str) -> Option<Box<str>> {
    let address = Text::new(raw);
    (!address.is_empty() && !is_unsafe(address.as_str())).then(|| canonical_href(address.as_str()))
}

/// Whether an address could run code or contain a whole page.
fn is_unsafe(href: &str) -> bool {
    let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme).trim();
    ["javascript", "data", "vbscript"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad))
}

/// The address without characters that would end it in Markdown.
fn canonical_href(href: &str) -> Box<str> {
    let mut out = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            c => out.push(c),
        }
    }
    out.into()
}

/// A text without marks like `[^1]`. If there is a space inside the brackets, they contain the note itself.
pub fn without_footnote_marks(text: &str) -> Cow<'_, str> {
    if !text.contains("[^") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("[^") {
        out.push_str(before);
        match behind.split_once(']').filter(|(mark, _)| !mark.contains([' ', '['])) {
            Some((_, after)) => rest = after,
            None => {
                out.push_str("[^");
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out.into()
}

/// The text of a Markdown string for output without links. See [`RichText::to_plain_text`].
pub fn to_plain_text(markdown: &str) -> Cow<'_, str> {
    if !markdown.contains('[') {
        return markdown.into();
    }
    RichText::from_inline_markdown(markdown).to_plain_text().into_owned().into()
}

/// A Markdown string with the labels of its links only: `[Norway](https://fjord.example)` is `Norway`.
pub fn without_targets(markdown: &str) -> Cow<'_, str> {
    if !markdown.contains("](") {
        return markdown.into();
    }
    RichText::from_inline_markdown(markdown).as_str().to_owned().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_are_written_behind_their_labels_and_other_brackets_stay() {
        for (markdown, plain) in [
            (
                "see [the terms](https://a.example/t \"Terms\"), [DPA](/dpa)",
                "see the terms (https://a.example/t), DPA (/dpa)",
            ),
            ("[Acme [EU]](https://a.example)", "Acme [EU] (https://a.example)"),
            ("[Acme \\[EU](https://a.example)", "Acme [EU (https://a.example)"),
            ("[Acme (EU)](https://a.example)", "Acme (EU) (https://a.example)"),
            ("[Foo](https://a.example/Foo_(bar)).", "Foo (https://a.example/Foo_%28bar%29)."),
            ("[x](<https://a.example>)", "x (https://a.example)"),
            ("[https://a.example](https://a.example)", "https://a.example"),
            ("logs[^1], data[^note]", "logs, data"),
            ("kept[^for 30 days]", "kept[^for 30 days]"),
            ("[](https://a.example) [x]()", "https://a.example x"),
            ("[optional] (if chosen) [a] [b](", "[optional] (if chosen) [a] [b]("),
            ("[optional](if chosen)", "[optional](if chosen)"),
            ("[[x](y)", "[x (y)"),
            ("[x](javascript:alert) [y](DATA:text)", "x y"),
            ("[", "["),
            ("", ""),
        ] {
            assert_eq!(to_plain_text(markdown), plain, "{markdown}");
        }
    }

    #[test]
    fn spans_are_links_and_the_text_between_them() {
        let text = RichText::from_inline_markdown("a [b](c) d");
        let spans: Vec<Span<'_>> = text.spans().collect();
        let plain = |text| Span { text, href: None };
        assert_eq!(spans, [plain("a "), Span { text: "b", href: Some("c") }, plain(" d")]);
        assert_eq!(text.as_str(), "a b d");
        assert_eq!(serde_json::to_string(&text).unwrap(), r#"[{"text":"a "},{"text":"b","href":"c"},{"text":" d"}]"#);
        for bad in [
            r#"[{"text":"a"},{"text":"b"}]"#,
            r#"[{"text":""}]"#,
            r#"[{"text":"a  b"}]"#,
            r#"[{"text":"a","href":"javascript:b"}]"#,
        ] {
            assert!(serde_json::from_str::<RichText>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn brackets_that_are_never_closed_are_text_however_many_there_are() {
        for open in ["[", "[a](", "[(\\("] {
            let text = open.repeat(100_000);
            assert!(!RichText::from_inline_markdown(&text).has_links(), "{open}");
        }
    }

    proptest! {
        #[test]
        fn markdown_and_spans_lead_back_to_the_text(parts in prop::collection::vec(("[a\\[\\]()\\\\^ ]{0,6}", prop::option::of("[a/()\\[ ]{0,4}")), 0..4)) {
            let mut builder = RichTextBuilder::default();
            for (text, href) in &parts {
                match href {
                    Some(href) => builder.push_link(text, href),
                    None => builder.push(text),
                }
            }
            let text = builder.build();
            prop_assert_eq!(&RichText::from_inline_markdown(text.markdown().as_str()), &text);
            prop_assert_eq!(RichText::from_spans(&text.to_spans()), Ok(text));
        }
    }
}
