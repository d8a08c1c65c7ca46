//! Differences between two texts, word by word.

use similar::{Algorithm, ChangeTag, TextDiff};

/// A piece of a changed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words that both texts contain.
    Kept(String),
    /// Words of the old text only.
    Deleted(String),
    /// Words of the new text only.
    Inserted(String),
}

/// The largest size in bytes of both texts for a comparison by words. Larger texts are shown whole.
const MAX_WORDS_LENGTH: usize = 20_000;

/// The common words of two texts, and the words of only one of them. `None` if the texts have so little
/// in common that they are easier to read one after the other.
pub fn word_diff(before: &str, after: &str) -> Option<Vec<Piece>> {
    if before.len() + after.len() > MAX_WORDS_LENGTH {
        return None;
    }
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_unicode_words(before, after);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut kept = 0;
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, last) => {
                kept += text.trim().len();
                match last {
                    Some(Piece::Kept(run)) => run.push_str(text),
                    _ => pieces.push(Piece::Kept(text.to_owned())),
                }
            }
            (ChangeTag::Delete, Some(Piece::Deleted(run))) | (ChangeTag::Insert, Some(Piece::Inserted(run))) => {
                run.push_str(text)
            }
            (ChangeTag::Delete, _) => pieces.push(Piece::Deleted(text.to_owned())),
            (ChangeTag::Insert, _) => pieces.push(Piece::Inserted(text.to_owned())),
        }
    }
    let pieces = joined(pieces);
    let shorter = before.len().min(after.len());
    (kept * 3 >= shorter && pieces.len() <= 12).then_some(pieces)
}

/// Joins edits that only a space separates, each run as one deletion and one insertion.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let (mut deleted, mut inserted) = (String::new(), String::new());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Deleted(text) => deleted.push_str(&text),
            Piece::Inserted(text) => inserted.push_str(&text),
            Piece::Kept(text) => {
                let between_edits = !(deleted.is_empty() && inserted.is_empty()) && pieces.peek().is_some();
                if text.trim().is_empty() && between_edits {
                    deleted.push_str(&text);
                    inserted.push_str(&text);
                    continue;
                }
                flush(&mut out, &mut deleted, &mut inserted);
                out.push(Piece::Kept(text));
            }
        }
    }
    flush(&mut out, &mut deleted, &mut inserted);
    out
}

fn flush(out: &mut Vec<Piece>, deleted: &mut String, inserted: &mut String) {
    if !deleted.is_empty() {
        out.push(Piece::Deleted(std::mem::take(deleted)));
    }
    if !inserted.is_empty() {
        out.push(Piece::Inserted(std::mem::take(inserted)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(pieces: &[Piece]) -> (String, String) {
        let mut texts = (String::new(), String::new());
        for piece in pieces {
            match piece {
                Piece::Kept(text) => {
                    texts.0.push_str(text);
                    texts.1.push_str(text);
                }
                Piece::Deleted(text) => texts.0.push_str(text),
                Piece::Inserted(text) => texts.1.push_str(text),
            }
        }
        texts
    }

    #[test]
    fn pieces_give_both_texts_back() {
        for (a, b) in [
            ("Marketing data enrichment service", "Data enrichment service"),
            ("Default LLM for message text", "Default LLM for all text"),
            ("one two three four", "one 2 3 four"),
        ] {
            let pieces = word_diff(a, b).unwrap();
            assert_eq!(both(&pieces), (a.to_owned(), b.to_owned()));
        }
        assert_eq!(
            word_diff("one two three four", "one 2 3 four").unwrap(),
            [
                Piece::Kept("one ".into()),
                Piece::Deleted("two three".into()),
                Piece::Inserted("2 3".into()),
                Piece::Kept(" four".into())
            ]
        );
        assert_eq!(word_diff("Compute infrastructure", "Payment provider"), None);
    }
}
