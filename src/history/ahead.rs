//! Large files, loaded ahead of their reader: git's objects are unpacked in one thread while the
//! versions before are read and compared in another.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use git2::{Oid, Repository};

use super::{HistoryError, objects::Objects};

/// How many files wait for their reader at most.
const WAITING: usize = 2;

/// The contents of files, in order.
pub(super) struct Ahead(Receiver<Result<Vec<u8>, HistoryError>>);

impl Ahead {
    /// Begins to load; `None` when no thread can be had.
    pub fn begin(repo: PathBuf, blobs: Vec<Oid>) -> Option<Self> {
        let (out, files) = sync_channel(WAITING);
        let load = move || {
            let repo = match Repository::open(repo) {
                Ok(repo) => repo,
                // A reader that is gone needs no error.
                Err(error) => return drop(out.send(Err(error.into()))),
            };
            let objects = Objects::of(&repo);
            for blob in blobs {
                let file = match &objects {
                    Ok(objects) => objects.blob(blob),
                    Err(error) => Err(HistoryError::Damaged(error.to_string())),
                };
                let failed = file.is_err();
                if out.send(file).is_err() || failed {
                    return;
                }
            }
        };
        thread::Builder::new().spawn(load).ok().map(|_| Ahead(files))
    }

    /// The next file; `None` when the loader ended early.
    pub fn next(&self) -> Option<Result<Vec<u8>, HistoryError>> {
        self.0.recv().ok()
    }
}
