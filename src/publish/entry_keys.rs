//! What was announced: the name of every announcement, which is never given twice.

use std::collections::HashSet;

use crate::ledger::{Announced, Digest, Release};
use changecast_core::model::Timestamp;

/// The announced releases of a log, oldest first.
#[derive(Debug, Default)]
pub(super) struct EntryKeys {
    rows: Vec<Announced>,
    keys: HashSet<u64>,
}

impl EntryKeys {
    /// The register of a log that is resumed.
    pub fn of(rows: Vec<Announced>) -> Self {
        let keys = rows.iter().map(Announced::key).collect();
        EntryKeys { rows, keys }
    }

    /// Enters a release, when it announces something.
    ///
    /// The name of an announcement depends on the list before and after, and on how often the list went
    /// this way, so that neither a rewritten history nor another title gives it another.
    pub fn add(&mut self, release: &Release) {
        let Some((before, after)) = release.states().filter(|_| !release.announced().is_empty()) else { return };
        let key = (1..).map(|time| key(before, after, time)).find(|key| !self.keys.contains(key));
        if let Some(key) = key {
            self.keys.insert(key);
            self.rows.push(Announced::new(key, release.published));
        }
    }

    /// All of them.
    pub fn rows(&self) -> &[Announced] {
        &self.rows
    }

    /// The last of them.
    pub fn newest(&self, count: usize) -> &[Announced] {
        &self.rows[self.rows.len().saturating_sub(count)..]
    }

    /// When they were published.
    pub fn dates(&self) -> Vec<Timestamp> {
        self.rows.iter().map(Announced::published).collect()
    }
}

fn key(before: Option<Digest>, after: Option<Digest>, time: usize) -> u64 {
    let side = |digest: Option<Digest>| digest.map_or_else(|| "null".to_owned(), |digest| digest.to_string());
    let digest = Digest::of(format!("{}\n{}\n{time}", side(before), side(after)).as_bytes());
    digest.bytes().into_iter().take(8).fold(0, |key, byte| key << 8 | u64::from(byte))
}
