//! Files with a piece for each announcement, the newest first.
//!
//! A piece depends on its announcement and the configuration alone: the next publication puts new
//! pieces in front of those that stand, and need not know what they say.

use super::{File, PublishedList, RenderError};

/// A file with a piece for each announcement.
pub(super) struct Roll<'a> {
    pub name: &'a str,
    pub head: &'a str,
    /// The pieces of announcements that have none yet, the newest first.
    pub fresh: &'a [&'a str],
    /// What stands between two pieces.
    pub between: &'static str,
    pub tail: &'a str,
}

/// How many of the pieces that stand are kept.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// All of them, always.
    All,
    /// So many of the newest.
    Newest(usize),
}

/// Where the pieces of a file lie: lengths in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// What stands in front of them.
    pub head: usize,
    /// The pieces; of a file that keeps all of them, their sum.
    pub lengths: Vec<usize>,
}

/// A file with its pieces, as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its pieces.
    pub pieces: Pieces,
}

impl Roll<'_> {
    /// The file, with pieces of the one that stands behind the fresh ones.
    pub fn file(&self, list: &PublishedList<'_>, keep: Keep) -> Result<File, RenderError> {
        let (kept, lengths) = match list.rendered {
            Some(rendered) => {
                let standing = rendered.rolls.get(self.name);
                let kept = standing.and_then(|standing| self.kept(standing, keep));
                kept.ok_or_else(|| self.failed("it stands there without the pieces that are needed"))?
            }
            None => Default::default(),
        };
        let fresh = self.fresh.iter().map(|piece| piece.as_bytes());
        let mut parts = vec![self.head.as_bytes()];
        for piece in fresh.chain(Some(kept).filter(|kept| !kept.is_empty())) {
            parts.extend([piece, self.between.as_bytes()]);
        }
        // Nothing stands between the last piece and the tail.
        if parts.len() > 1 {
            parts.pop();
        }
        parts.push(self.tail.as_bytes());
        let bytes = parts.concat();
        let lengths: Vec<usize> = self.fresh.iter().map(|piece| piece.len()).chain(lengths.iter().copied()).collect();
        let lengths = match keep {
            Keep::All => vec![lengths.iter().sum()],
            Keep::Newest(_) => lengths,
        };
        let file = File::new(format!("{}/{}", list.id, self.name), bytes);
        Ok(File { pieces: Some(Pieces { head: self.head.len(), lengths }), ..file })
    }

    /// The pieces that are kept of a standing file, and their lengths.
    fn kept<'s>(&self, Standing { bytes, pieces }: &'s Standing, keep: Keep) -> Option<(&'s [u8], &'s [usize])> {
        let lengths = match keep {
            Keep::All => &pieces.lengths[..],
            Keep::Newest(count) => pieces.lengths.get(..count)?,
        };
        let between = self.between.len() * lengths.len().saturating_sub(1);
        let end = pieces.head + lengths.iter().sum::<usize>() + between;
        Some((bytes.get(pieces.head..end)?, lengths))
    }

    fn failed(&self, message: &str) -> RenderError {
        RenderError { format: "rolls", message: format!("{}: {message}", self.name) }
    }
}

/// Takes a document apart whose pieces begin and end with these lines: what stands in front of them,
/// the pieces, and what stands behind.
pub(super) fn apart<'t>(text: &'t str, opens: &str, closes: &str) -> (&'t str, Vec<&'t str>, &'t str) {
    let first = text.find(opens).unwrap_or(text.len());
    let end = text.rfind(closes).map_or(first, |at| at + closes.len());
    let (head, rest) = text.split_at(first);
    let (mut rest, tail) = rest.split_at(end.saturating_sub(first));
    let mut pieces = Vec::new();
    while let Some(length) = rest.find(closes) {
        let (piece, behind) = rest.split_at(length + closes.len());
        pieces.push(piece);
        rest = behind;
    }
    (head, pieces, tail)
}
