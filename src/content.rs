//! The content of a file, of which a part may stand already.

use std::ops::Range;

/// Bytes that were made, and between them a part of the file that they take the place of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// What comes first.
    pub front: Vec<u8>,
    /// What is kept of the standing file, as its offsets there.
    pub kept: Range<u64>,
    /// What comes behind.
    pub back: Vec<u8>,
}

impl From<Vec<u8>> for Bytes {
    fn from(front: Vec<u8>) -> Self {
        Bytes { front, ..Bytes::default() }
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl Bytes {
    /// Whether they are these; never, when something is kept of a standing file.
    pub fn are(&self, bytes: &[u8]) -> bool {
        self.kept.is_empty() && bytes.strip_prefix(&*self.front) == Some(&self.back)
    }

    /// How many there are.
    pub fn size(&self) -> u64 {
        (self.front.len() + self.back.len()) as u64 + (self.kept.end - self.kept.start)
    }
}
