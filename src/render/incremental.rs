//! Files with a segment for each announcement, the newest first.
//!
//! A segment depends only on its announcement and the configuration. The next publication writes new segments
//! before the existing ones, and copies those without reading them.

use crate::content::Bytes;

use super::{File, PublishedList, RenderError};

/// A file that consists of segments.
#[derive(Default)]
pub(super) struct SegmentedFile<'a> {
    /// The name of the file in the folder of the list.
    pub name: &'a str,
    /// The text before the segments.
    pub head: &'a str,
    /// The segments of announcements that were not rendered before, the newest first.
    pub fresh: &'a [&'a str],
    /// The text between two segments.
    pub between: &'static str,
    /// The text about closed years that was not rendered before. It follows the segments and never changes.
    pub closed: &'a str,
    pub tail: &'a str,
}

/// The number of existing segments to keep.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// All segments, and the text about closed years.
    All,
    /// This number of the newest segments.
    Newest(usize),
}

/// A segment of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The length in bytes.
    pub length: usize,
    /// A digest of the bytes, for a segment that was published before.
    pub fingerprint: Option<u128>,
}

/// The positions of the segments in a file. Lengths are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments {
    /// The length of the text before the segments.
    pub head: usize,
    /// The text between two segments.
    pub between: String,
    /// The segments, the newest first.
    pub segments: Vec<Segment>,
    /// The length of the text about closed years after the segments.
    pub closed: usize,
}

impl Segments {
    /// The offset of the end of the newest segments.
    fn end(&self, count: usize) -> usize {
        let lengths = self.segments.iter().take(count).map(|segment| segment.length).sum::<usize>();
        self.head + lengths + self.between.len() * count.saturating_sub(1)
    }
}

impl SegmentedFile<'_> {
    /// The file with nothing but new segments.
    pub fn whole(&self, list: &PublishedList<'_>) -> File {
        let (front, segments) = self.front();
        let bytes = Bytes { front: front.into_bytes(), kept: 0..0, back: self.tail.as_bytes().to_vec() };
        File { path: format!("{}/{}", list.id, self.name), bytes, segments: Some(segments) }
    }

    /// The text up to the last new segment, and the positions of the segments.
    fn front(&self) -> (String, Segments) {
        let front = self.head.to_owned() + &self.fresh.join(self.between);
        let segments = Segments {
            head: self.head.len(),
            between: self.between.to_owned(),
            segments: self.fresh.iter().map(|segment| Segment { length: segment.len(), fingerprint: None }).collect(),
            closed: self.closed.len(),
        };
        (front, segments)
    }

    /// The file with the new segments, followed by segments of the existing file.
    pub fn file(&self, list: &PublishedList<'_>, keep: Keep) -> Result<File, RenderError> {
        let (mut front, mut segments) = self.front();
        let mut kept = 0..0;
        if let Some(rendered) = list.rendered {
            let earlier = rendered.segmented.get(self.name).ok_or_else(|| self.failed())?;
            let (count, closed) = match keep {
                Keep::All => (earlier.segments.len(), earlier.closed),
                Keep::Newest(count) => (count, 0),
            };
            let newest = earlier.segments.get(..count).ok_or_else(|| self.failed())?;
            if !self.fresh.is_empty() && count > 0 {
                front.push_str(self.between);
            }
            segments.segments.extend(newest);
            segments.closed += closed;
            kept = earlier.head as u64..(earlier.end(count) + closed) as u64;
        }
        front.push_str(self.closed);
        let bytes = Bytes { front: front.into_bytes(), kept, back: self.tail.as_bytes().to_vec() };
        Ok(File { path: format!("{}/{}", list.id, self.name), bytes, segments: Some(segments) })
    }

    fn failed(&self) -> RenderError {
        let message = format!("{}: the existing file does not have the segments that are needed", self.name);
        RenderError { format: "segments", message }
    }
}
