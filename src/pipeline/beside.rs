//! Work done beside the rest: what was read is hashed and what was made is signed, while the next
//! version is read.

use std::{
    mem, panic,
    sync::mpsc::{SyncSender, sync_channel},
    thread::{self, Scope, ScopedJoinHandle},
};

use crate::output::OutputFile;

use super::refusal::PublishError;

/// A piece of work, which may make files.
type Piece<'a> = Box<dyn FnOnce(&mut Vec<OutputFile>) -> Result<(), PublishError> + Send + 'a>;

/// So many bytes are handed over at a time: to wake a thread takes as long as to hash some thousands.
const HANDFUL: usize = 128 << 10;
/// So many handfuls wait at most: each may hold a large file.
const WAITING: usize = 4;

/// Does pieces of work in their order, up to the first that fails.
#[derive(Default)]
pub(super) struct Beside<'scope> {
    /// Not handed over yet, and the bytes in it.
    pieces: Vec<Piece<'scope>>,
    bytes: usize,
    /// Without one, all is done here.
    thread: Option<Thread<'scope>>,
    /// Files that were made here.
    files: Vec<OutputFile>,
}

struct Thread<'scope> {
    handfuls: SyncSender<Vec<Piece<'scope>>>,
    end: ScopedJoinHandle<'scope, Result<Vec<OutputFile>, PublishError>>,
}

impl<'scope> Beside<'scope> {
    /// Does without a thread, for work that is hardly worth one.
    pub fn here() -> Self {
        Beside::default()
    }

    /// Begins a thread, if one can be had.
    pub fn begin(scope: &'scope Scope<'scope, '_>) -> Self {
        let (handfuls, taken) = sync_channel::<Vec<Piece<'scope>>>(WAITING);
        let work = move || {
            let mut files = Vec::new();
            taken.into_iter().flatten().try_for_each(|piece| piece(&mut files))?;
            Ok(files)
        };
        let end = thread::Builder::new().spawn_scoped(scope, work).ok();
        Beside { thread: end.map(|end| Thread { handfuls, end }), ..Beside::here() }
    }

    /// Takes a piece of work on so many bytes.
    ///
    /// # Errors
    /// That of a piece that was done here; what becomes of the others is said at the end.
    pub fn take(
        &mut self,
        bytes: usize,
        piece: impl FnOnce(&mut Vec<OutputFile>) -> Result<(), PublishError> + Send + 'scope,
    ) -> Result<(), PublishError> {
        self.pieces.push(Box::new(piece));
        self.bytes += bytes;
        if self.bytes < HANDFUL {
            return Ok(());
        }
        self.bytes = 0;
        match &self.thread {
            // A thread that is gone has met an error, which it tells at the end.
            Some(thread) => drop(thread.handfuls.send(mem::take(&mut self.pieces))),
            None => self.work()?,
        }
        Ok(())
    }

    fn work(&mut self) -> Result<(), PublishError> {
        self.pieces.drain(..).try_for_each(|piece| piece(&mut self.files))
    }

    /// Does the rest, and waits until all is done: the files that were made, in their order.
    ///
    /// # Errors
    /// That of the first piece that failed.
    pub fn finish(mut self) -> Result<Vec<OutputFile>, PublishError> {
        let thread = self.thread.take().map(|Thread { end, .. }| end);
        let rest = self.work();
        let before = thread.map(|end| end.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        let mut files = before.transpose()?.unwrap_or_default();
        rest?;
        files.append(&mut self.files);
        Ok(files)
    }
}
