//! Files with a piece for each announcement, the newest first.
//!
//! A piece depends on its announcement and the configuration alone: the next publication puts new
//! pieces in front of those that stand, and need not know what they say.

use crate::content::Bytes;

use super::{File, PublishedList, RenderError};

/// A file with pieces.
#[derive(Default)]
pub(super) struct Roll<'a> {
    pub name: &'a str,
    pub head: &'a str,
    /// The pieces of announcements that have none yet, the newest first.
    pub fresh: &'a [&'a str],
    /// What stands between two pieces.
    pub between: &'static str,
    /// What is told of closed years, when it is not told yet. Nobody takes it apart again.
    pub closed: &'a str,
    pub tail: &'a str,
}

/// How many of the pieces that stand are kept.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// All of them, and what is told of closed years.
    All,
    /// So many of the newest.
    Newest(usize),
}

/// A piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its length in bytes.
    pub length: usize,
    /// What tells one that stands from others.
    pub fingerprint: Option<u128>,
}

/// Where the pieces of a file lie. Lengths are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// The length of what stands in front of them.
    pub head: usize,
    /// What stands between two of them.
    pub between: String,
    /// The pieces, the newest first.
    pub pieces: Vec<Piece>,
    /// The length of what is told of closed years, behind them.
    pub closed: usize,
}

impl Pieces {
    /// Where the newest pieces end.
    fn end(&self, count: usize) -> usize {
        let lengths = self.pieces.iter().take(count).map(|piece| piece.length).sum::<usize>();
        self.head + lengths + self.between.len() * count.saturating_sub(1)
    }
}

impl Roll<'_> {
    /// The file, with pieces of the one that stands behind the fresh ones.
    pub fn file(&self, list: &PublishedList<'_>, keep: Keep) -> Result<File, RenderError> {
        let mut front = self.head.to_owned() + &self.fresh.join(self.between);
        let mut pieces = Pieces {
            head: self.head.len(),
            between: self.between.to_owned(),
            pieces: self.fresh.iter().map(|piece| Piece { length: piece.len(), fingerprint: None }).collect(),
            closed: self.closed.len(),
        };
        let mut kept = 0..0;
        if let Some(rendered) = list.rendered {
            let standing = rendered.rolls.get(self.name).ok_or_else(|| self.failed())?;
            let (count, closed) = match keep {
                Keep::All => (standing.pieces.len(), standing.closed),
                Keep::Newest(count) => (count, 0),
            };
            let newest = standing.pieces.get(..count).ok_or_else(|| self.failed())?;
            if !self.fresh.is_empty() && count > 0 {
                front.push_str(self.between);
            }
            pieces.pieces.extend(newest);
            pieces.closed += closed;
            kept = standing.head as u64..(standing.end(count) + closed) as u64;
        }
        front.push_str(self.closed);
        let bytes = Bytes { front: front.into_bytes(), kept, back: self.tail.as_bytes().to_vec() };
        Ok(File { path: format!("{}/{}", list.id, self.name), bytes, pieces: Some(pieces) })
    }

    fn failed(&self) -> RenderError {
        let message = format!("{}: it stands there without the pieces that are needed", self.name);
        RenderError { format: "rolls", message }
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
