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
            let all = || -> Result<(), HistoryError> {
                let repo = Repository::open(&repo)?;
                let objects = Objects::of(&repo)?;
                for blob in &blobs {
                    if out.send(Ok(objects.blob(*blob)?)).is_err() {
                        break;
                    }
                }
                Ok(())
            };
            if let Err(error) = all() {
                // A reader that is gone needs no error.
                drop(out.send(Err(error)));
            }
        };
        thread::Builder::new().spawn(load).ok().map(|_| Ahead(files))
    }

    /// The next file; `None` when the loader ended early.
    pub fn next(&self) -> Option<Result<Vec<u8>, HistoryError>> {
        self.0.recv().ok()
    }
}
