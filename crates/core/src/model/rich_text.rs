//! Text as a reader is to see it: cells keep the links of Markdown, since another target is another
//! statement, and a reader wants words.

use std::borrow::Cow;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// Words.
    Words(&'a str),
    /// A link, `[words](target)`. Nothing is known of its target.
    Link {
        /// What it says.
        words: &'a str,
        /// Where it leads.
        target: &'a str,
    },
}

/// The pieces of a text, without the marks of footnotes (`[^1]`).
pub fn shown(text: &str) -> Vec<Shown<'_>> {
    let mut pieces = Vec::new();
    let (mut words, mut from) = (0, 0);
    while let Some(at) = text[from..].find('[').map(|at| from + at) {
        let Some((piece, length)) = special(&text[at..]) else {
            from = at + 1;
            continue;
        };
        pieces.extend((words < at).then(|| Shown::Words(&text[words..at])));
        pieces.extend(piece);
        words = at + length;
        from = words;
    }
    pieces.extend((words < text.len()).then(|| Shown::Words(&text[words..])));
    pieces
}

/// What begins at this bracket, and its length in bytes: a link, or a footnote's mark, which is not shown.
fn special(text: &str) -> Option<(Option<Shown<'_>>, usize)> {
    let inner = text.strip_prefix('[')?;
    let (words, behind) = inner.split_at(inner.find([']', '['])?);
    let behind = behind.strip_prefix(']')?;
    // With words in it, it is the note itself.
    if words.starts_with('^') {
        return (!words.contains(' ')).then_some((None, words.len() + 2));
    }
    let (target, _) = behind.strip_prefix('(')?.split_once(')')?;
    let length = words.len() + target.len() + 4;
    // A title may stand behind the target.
    let target = target.split_whitespace().next().unwrap_or_default();
    Some((Some(Shown::Link { words, target }), length))
}

/// The text in words alone: "terms (https://a.example)" of a link.
pub fn in_words(text: &str) -> Cow<'_, str> {
    if !text.contains('[') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for piece in shown(text) {
        match piece {
            Shown::Words(words) => out.push_str(words),
            Shown::Link { words, target } if target.is_empty() || words == target => out.push_str(words),
            Shown::Link { words: "", target } => out.push_str(target),
            Shown::Link { words, target } => out.extend([words, " (", target, ")"]),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_words_and_nothing_else_does() {
        for (text, expected) in [
            (
                "see [the terms](https://a.example/t \"Terms\"), [DPA](/dpa)",
                "see the terms (https://a.example/t), DPA (/dpa)",
            ),
            ("[https://a.example](https://a.example)", "https://a.example"),
            ("logs[^1], data[^note]", "logs, data"),
            ("kept[^for 30 days]", "kept[^for 30 days]"),
            ("[](https://a.example) [x]()", "https://a.example x"),
            ("[optional] (if chosen) [a] [b](", "[optional] (if chosen) [a] [b]("),
            ("[[x](y)", "[x (y)"),
            ("[", "["),
            ("", ""),
        ] {
            assert_eq!(in_words(text), expected, "{text}");
        }
        assert_eq!(
            shown("a [b](c) d"),
            [Shown::Words("a "), Shown::Link { words: "b", target: "c" }, Shown::Words(" d")]
        );
    }
}
