//! The new content of a file, of which a part may be in the existing file already.

use std::ops::Range;

/// New bytes around a part of the existing file, which is copied from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// The new bytes before the copied part.
    pub front: Vec<u8>,
    /// The copied part, as offsets in the existing file; empty if everything is new.
    pub kept: Range<u64>,
    /// The new bytes after the copied part.
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
    /// Whether the content is equal to these bytes; false if a part is copied from the existing file.
    pub fn equals(&self, bytes: &[u8]) -> bool {
        self.kept.is_empty() && bytes.strip_prefix(&*self.front) == Some(&self.back)
    }

    /// The whole content, with the copied part of the existing file; `None` if that is too short.
    pub fn whole(&self, existing: &[u8]) -> Option<Vec<u8>> {
        let kept = usize::try_from(self.kept.start).ok()?..usize::try_from(self.kept.end).ok()?;
        Some([&self.front[..], if kept.is_empty() { &[] } else { existing.get(kept)? }, &self.back[..]].concat())
    }

    /// The size of the content, in bytes.
    pub fn size(&self) -> u64 {
        (self.front.len() + self.back.len()) as u64 + (self.kept.end - self.kept.start)
    }
}
