//! Errors of parsers in plain words. Configurations and inventories are read by different parsers of YAML; both take their
//! messages from libyaml.

/// A part of the parser's message, and the problem in the words of an author.
type Row = (&'static str, &'static str);

/// The first row counts whose message the error contains.
const WORDS: [Row; 24] = [
    ("tab character", TAB),
    ("found a tab", TAB),
    ("tabs disallowed", TAB),
    ("could not find expected ':'", NO_COLON),
    ("simple key expect", NO_COLON),
    ("did not find expected ',' or '}'", "a `{` is not closed, or a comma is missing between two keys"),
    ("did not find expected ',' or ']'", "a `[` is not closed, or a comma is missing between two items"),
    ("did not find expected node content", "a value is missing, or a `[` or `{` is not closed"),
    ("did not find expected key", "the indentation does not fit the lines above, or a value needs quotes"),
    ("did not find expected '-'", "the line is not indented like the other items of the list, or its `-` is missing"),
    ("mapping values are not allowed", "a second `: ` in one line, or a line that is indented too far"),
    ("illegal placement of ':'", "a second `: ` in one line, or a line that is indented too far"),
    ("cannot start any token", "a value begins with `@`, `%` or a backtick, which needs quotes"),
    ("unexpected character", "a value begins with a character that needs quotes"),
    ("unexpected end of stream", "a quote is never closed"),
    ("unknown escape", ESCAPE),
    ("escape sequence", ESCAPE),
    ("quoted scalar", "a quote is never closed"),
    ("unknown anchor", ANCHOR),
    ("unknown alias", ANCHOR),
    ("undefined alias", ANCHOR),
    // JSON.
    ("key must be a string", "a comma after the last item, or a key without quotes"),
    ("trailing comma", "a comma after the last item"),
    // TOML.
    ("expected `nan`", "a text needs quotes"),
];

const TAB: &str = "the line begins with a tab, and YAML is indented with spaces";
const NO_COLON: &str = "the line has no colon after its key: write `key: value`";
const ESCAPE: &str = "a backslash in double quotes does not begin an escape of YAML: write two, or use single quotes";
const ANCHOR: &str = "a value begins with `*`, which refers to an anchor: put it in quotes";

/// An error in plain words, if the table has it, and its place in the text (line and column, from 1). Parsers notice a missing
/// colon in the line below, and a tab in the line above.
pub(crate) fn plain(theirs: &str, text: &str, at: (usize, usize)) -> Option<(&'static str, (usize, usize))> {
    let (_, ours) = WORDS.iter().find(|(message, _)| theirs.contains(message))?;
    // A tab may also stand in front of a value.
    let (ours, at) = match (*ours, tab(text, at.0)) {
        (NO_COLON, _) => (NO_COLON, line_above(text, at.0).unwrap_or(at)),
        (ours, Some(place)) if ours == TAB || theirs.contains("cannot start any token") => (TAB, place),
        (ours, _) => (ours, at),
    };
    Some((ours, at))
}

/// The place of the last line above a line that is not blank.
fn line_above(text: &str, line: usize) -> Option<(usize, usize)> {
    let lines: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    let at = lines.iter().rposition(|line| !line.trim().is_empty())?;
    Some((at + 1, lines[at].len() - lines[at].trim_start().len() + 1))
}

/// The place of a tab in the indentation of a line, or else of the next one.
fn tab(text: &str, line: usize) -> Option<(usize, usize)> {
    let lines = text.lines().enumerate().skip(line.saturating_sub(1)).take(2);
    let mut found = lines.filter_map(|(at, line)| {
        let indentation = &line[..line.len() - line.trim_start().len()];
        Some((at + 1, indentation.find('\t')? + 1))
    });
    found.next()
}

#[cfg(test)]
mod tests {
    use super::{NO_COLON, TAB, plain};

    #[test]
    fn errors_are_placed_where_the_author_must_look() {
        for (theirs, text, at, ours) in [
            ("could not find expected ':'", "a: 1\n  b\n\nc: 2\n", (4, 1), Some((NO_COLON, (2, 3)))),
            ("while scanning a plain scalar, found a tab", "- a\n \tb: c\n", (1, 3), Some((TAB, (2, 2)))),
            ("found character that cannot start any token", "a:\n\tb: c\n", (2, 1), Some((TAB, (2, 1)))),
            ("could not find expected ':'", "a\n", (1, 1), Some((NO_COLON, (1, 1)))),
            ("something else", "a\n", (1, 1), None),
        ] {
            assert_eq!(plain(theirs, text, at), ours, "{theirs}");
        }
        let quotes = plain("found character that cannot start any token", "a: @b\n", (1, 4)).expect("words");
        assert!(quotes.0.contains("needs quotes") && quotes.1 == (1, 4));
    }
}
