//! Cells of tables: of Markdown by their pipes, of HTML and JSX by their tags.

use std::ops::Range;

use super::Wanted;

/// The cell of a table row that begins with a region; `None` if the region does not begin with one.
pub(super) fn cell(text: &str, region: Range<usize>, wanted: &Wanted<'_>) -> Option<Range<usize>> {
    piped(text, region.start, wanted).or_else(|| tagged(text, region, wanted))
}

/// The cell of a row with pipes, below a header and a delimiter row.
fn piped(text: &str, start: usize, wanted: &Wanted<'_>) -> Option<Range<usize>> {
    let begin = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let row = line_at(text, begin);
    let cells = pipe_cells(row)?;
    let mut header = None;
    let mut end = begin;
    while let Some(above) = text[..end].strip_suffix('\n') {
        let from = above.rfind('\n').map_or(0, |at| at + 1);
        let line = above[from..].trim_end_matches('\r');
        if !line.contains('|') {
            break;
        }
        if is_delimiter(line) {
            header = above[..from].strip_suffix('\n').map(|rest| rest.rfind('\n').map_or(rest, |at| &rest[at + 1..]));
            break;
        }
        end = from;
    }
    let header = header?.trim_end_matches('\r');
    let labels: Vec<&str> = pipe_cells(header)?.into_iter().map(|range| header[range].trim()).collect();
    let at = position(&labels, wanted)?;
    let cell = cells.get(at).cloned()?;
    Some(trimmed(text, begin + cell.start..begin + cell.end))
}

/// The place of a label: the one of the column, or else the only one with its role.
fn position<S: AsRef<str>>(labels: &[S], wanted: &Wanted<'_>) -> Option<usize> {
    let exact = labels.iter().position(|label| wanted.has_label(&plain(label.as_ref())));
    exact.or_else(|| labels.iter().position(|label| wanted.has_role(&plain(label.as_ref()))))
}

/// A header without markup.
fn plain(label: &str) -> String {
    changecast_core::model::strip_markup(label).trim().to_owned()
}

fn line_at(text: &str, begin: usize) -> &str {
    text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// The byte ranges of the cells of a row with pipes, in the line.
fn pipe_cells(line: &str) -> Option<Vec<Range<usize>>> {
    if !line.contains('|') {
        return None;
    }
    let mut pipes: Vec<usize> = Vec::new();
    let mut is_escaped = false;
    for (at, c) in line.char_indices() {
        if c == '|' && !is_escaped {
            pipes.push(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    let has_outer = line.trim_start().starts_with('|');
    let mut starts: Vec<usize> = pipes.iter().map(|at| at + 1).collect();
    let mut ends = pipes.clone();
    ends.push(line.trim_end().len());
    if has_outer {
        ends.remove(0);
    } else {
        starts.insert(0, 0);
    }
    let cells = starts.into_iter().zip(ends).filter(|(start, end)| start <= end).map(|(start, end)| start..end);
    Some(cells.collect())
}

fn is_delimiter(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// A range without white space at both ends. An empty cell keeps one character, if it has one.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    if inner.trim().is_empty() {
        return range.start..range.end.min(range.start + inner.chars().next().map_or(0, char::len_utf8));
    }
    let start = range.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

/// The cell of a row of an HTML or JSX table.
fn tagged(text: &str, region: Range<usize>, wanted: &Wanted<'_>) -> Option<Range<usize>> {
    let begin = text.get(region.clone())?.trim_start();
    let start = region.end - begin.len();
    // The position is that of the row or of its first cell.
    let row_start = if tag_is(begin, "tr") { start } else { last_tag(text, start, "tr")? };
    let row_end = text[row_start..].to_lowercase().find("</tr").map_or(region.end, |at| row_start + at);
    if row_end < start {
        return None;
    }
    let cells = tag_cells(text, row_start..row_end);
    let table = last_tag(text, row_start, "table").unwrap_or(0);
    let head_end = text[table..].to_lowercase().find("</tr").map(|at| table + at)?;
    let header = tag_cells(text, table..head_end);
    let labels: Vec<String> = header.into_iter().map(|range| plain(&text[range])).collect();
    let cell = cells.get(position(&labels, wanted)?)?.clone();
    Some(trimmed(text, without_tags(text, cell)))
}

fn tag_is(text: &str, name: &str) -> bool {
    let rest = text.strip_prefix('<').and_then(|rest| rest.get(..name.len()));
    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name))
        && !text[name.len() + 1..].starts_with(|c: char| c.is_alphanumeric())
}

/// The start of the last opening tag of a name before an offset.
fn last_tag(text: &str, before: usize, name: &str) -> Option<usize> {
    let part = text.get(..before)?;
    part.rmatch_indices('<').map(|(at, _)| at).find(|at| tag_is(&part[*at..], name))
}

/// The byte ranges of the contents of the cells of a row.
fn tag_cells(text: &str, row: Range<usize>) -> Vec<Range<usize>> {
    let part = &text[row.clone()];
    let opening =
        part.match_indices('<').map(|(at, _)| at).filter(|at| tag_is(&part[*at..], "td") || tag_is(&part[*at..], "th"));
    let starts: Vec<(usize, usize)> = opening.filter_map(|at| Some((at, at + part[at..].find('>')? + 1))).collect();
    let mut cells = Vec::new();
    for (number, (_, start)) in starts.iter().enumerate() {
        let next = starts.get(number + 1).map_or(part.len(), |(at, _)| *at);
        let inner = &part[*start..next.max(*start)];
        let lower = inner.to_ascii_lowercase();
        let end = lower.find("</td").or_else(|| lower.find("</th")).unwrap_or(inner.len());
        cells.push(row.start + start..row.start + start + end);
    }
    cells
}

/// A range without the tags at its ends.
fn without_tags(text: &str, range: Range<usize>) -> Range<usize> {
    let mut range = trimmed(text, range);
    loop {
        let inner = &text[range.clone()];
        if inner.starts_with('<')
            && let Some(end) = inner.find('>').filter(|end| end + 1 < inner.len())
        {
            range = trimmed(text, range.start + end + 1..range.end);
        } else if inner.ends_with('>')
            && let Some(start) = inner.rfind('<').filter(|start| *start > 0)
        {
            range = trimmed(text, range.start..range.start + start);
        } else {
            return range;
        }
    }
}
