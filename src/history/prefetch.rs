//! Work done ahead of its reader, in a thread of its own: git's objects are unpacked there, while
//! what came before is compared here.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

/// Items that a thread makes, in their order.
pub(super) struct Ahead<T> {
    items: Option<Receiver<T>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Begins with `work`, which is over when its items are no longer taken. At most `waiting` items
    /// wait for their reader. `None` when no thread can be had.
    pub fn begin(waiting: usize, work: impl FnOnce(SyncSender<T>) + Send + 'static) -> Option<Self> {
        let (out, items) = sync_channel(waiting);
        let thread = thread::Builder::new().spawn(move || work(out)).ok()?;
        Some(Ahead { items: Some(items), thread: Some(thread) })
    }

    /// The next item; `None` when the work is over.
    pub fn next(&self) -> Option<T> {
        self.items.as_ref()?.recv().ok()
    }
}

impl<T> Drop for Ahead<T> {
    /// A repository is not closed, and the program does not end, while a thread still reads.
    fn drop(&mut self) {
        self.items = None;
        if let Some(thread) = self.thread.take() {
            // What the thread could not do, its reader has noticed.
            drop(thread.join());
        }
    }
}
