//! Markdown that is cut, or hides the rest of a page: rows, and fences and comments that are never closed.

use std::ops::Range;

/// What hides the rest of a page, with the offset at which it begins and the text that it hides.
pub(super) struct Unclosed<'t> {
    pub at: usize,
    pub what: &'static str,
    pub hidden: &'t str,
}

/// The fence or comment that is open at the end of a page. `code` are the ranges of code, in order.
pub(super) fn unclosed<'t>(text: &'t str, code: &[Range<usize>]) -> Option<Unclosed<'t>> {
    fence(text, code).or_else(|| comment(text, code))
}

/// A fence without an end contains the rest of the page (CommonMark, section 4.5).
fn fence<'t>(text: &'t str, code: &[Range<usize>]) -> Option<Unclosed<'t>> {
    let last = code.last().filter(|range| range.end >= text.trim_end().len())?;
    let source = text.get(last.clone())?;
    let mark = source.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = source.chars().take_while(|c| *c == mark).count();
    let (_, hidden) = source.split_once('\n').filter(|_| length >= 3)?;
    let end = hidden.trim_end().rsplit('\n').next().unwrap_or_default().trim();
    let is_closed = end.chars().count() >= length && end.chars().all(|c| c == mark);
    (!is_closed).then_some(Unclosed { at: last.start, what: "a code fence", hidden })
}

/// A comment that begins a line contains everything up to its end (CommonMark, section 4.6).
fn comment<'t>(text: &'t str, code: &[Range<usize>]) -> Option<Unclosed<'t>> {
    // Every comment before the last end of one is closed.
    let from = text.rfind("-->").map_or(0, |end| end + "-->".len());
    let at = text[from..].match_indices("<!--").map(|(at, _)| from + at).find(|at| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        line.trim().is_empty() && !is_within(code, *at)
    })?;
    Some(Unclosed { at, what: "a comment", hidden: &text[at + "<!--".len()..] })
}

/// Whether one of several ranges, which are in order and do not overlap, contains the offset.
pub(super) fn is_within(ranges: &[Range<usize>], offset: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= offset);
    ranges.get(next).is_some_and(|range| range.contains(&offset))
}

/// Whether the last line, which does not end, is a shorter row than the one above it.
pub(super) fn ends_inside_row(text: &str) -> bool {
    let mut lines = text.lines().rev();
    let (Some(last), Some(above)) = (lines.next(), lines.next()) else { return false };
    let (last, above) = (last.trim(), above.trim());
    !text.ends_with('\n')
        && last.starts_with('|')
        && above.len() > 1
        && above.starts_with('|')
        && above.ends_with('|')
        && last.matches('|').count() < above.matches('|').count()
}
