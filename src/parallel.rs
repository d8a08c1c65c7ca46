//! Work on a second thread, with `std::thread` and channels only.
//!
//! Results never depend on the threads: they arrive in the order of the work, and the first error is
//! the one that is returned. Where the system refuses to create a thread, the caller's thread does all
//! of the work.

use std::{
    mem,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, Builder, JoinHandle},
};

/// From this number of items on, a second thread saves more time than its creation costs.
const WORTHWHILE: usize = 16;
/// Items are sent in batches of about this many bytes: waking a thread costs as much as hashing some
/// thousand bytes.
const BATCH_BYTES: usize = 128 << 10;
/// The number of batches that may wait in the queue. Each may contain a large file.
const QUEUE_LIMIT: usize = 4;

/// The threads that a piece of work may use. More than two did not help: reading from git is half of
/// a run and is sequential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// The thread of the caller only.
    One,
    /// The thread of the caller and a second one.
    Two,
    /// The thread of the caller and seven others, which wait for a network most of the time.
    Network,
}

impl Threads {
    /// The number of threads besides that of the caller.
    fn others(self) -> usize {
        match self {
            Threads::One => 0,
            Threads::Two => 1,
            Threads::Network => 7,
        }
    }
}

impl Threads {
    /// The threads that are worthwhile for this number of items.
    pub fn for_items(count: usize) -> Self {
        if count < WORTHWHILE { Threads::One } else { Threads::Two }
    }
}

/// Maps items, and returns the results in the order of the items.
///
/// # Errors
/// The error of the first item that failed. Items after it may not have been mapped.
pub fn par_map<T: Sync, R: Send, E: Send>(
    threads: Threads,
    items: &[T],
    map: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    if threads == Threads::One {
        return items.iter().map(map).collect();
    }
    let next = AtomicUsize::new(0);
    let mut results = thread::scope(|scope| {
        let spawned =
            (0..threads.others()).map(|_| Builder::new().spawn_scoped(scope, || map_next(&next, items, &map)));
        let others: Vec<_> = spawned.flatten().collect();
        let mut results = map_next(&next, items, &map);
        for other in others {
            results.extend(join(other.join()));
        }
        results
    });
    // Items are taken in order, so everything before the first error is there.
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs two pieces of work at the same time, the first on another thread, and returns both results.
pub fn both<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let other = Builder::new().spawn_scoped(scope, &first);
        let second = second();
        let first = other.map_or_else(|_| first(), |other| join(other.join()));
        (first, second)
    })
}

/// Maps one item after the other, each the next that no thread has taken, until one fails.
fn map_next<T, R, E>(next: &AtomicUsize, items: &[T], map: impl Fn(&T) -> Result<R, E>) -> Vec<(usize, Result<R, E>)> {
    let mut results = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(item) = items.get(index) else { return results };
        let result = map(item);
        if result.is_err() {
            // The other thread finds no further item.
            next.fetch_max(items.len(), Ordering::Relaxed);
        }
        results.push((index, result));
    }
}

/// Emits an item, with its size in bytes.
pub type Emit<'e, T> = dyn FnMut(usize, T) + 'e;

/// Runs `produce`, and feeds each item that it emits, in order, to `consume`; with two threads,
/// `consume` runs on the second one. After an error of `consume`, further items are dropped.
///
/// # Errors
/// The error of `consume`, or else that of `produce`. Items that were emitted before `produce` failed
/// are consumed.
pub fn pipe<T: Send, E: Send>(
    threads: Threads,
    mut produce: impl FnMut(&mut Emit<'_, T>) -> Result<(), E>,
    mut consume: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    if threads == Threads::Two
        && let Some(done) = pipe_to_thread(&mut produce, &mut consume)
    {
        return done;
    }
    let mut consumed = Ok(());
    let produced = produce(&mut |_, item| {
        if consumed.is_ok() {
            consumed = consume(item);
        }
    });
    consumed.and(produced)
}

/// [`pipe`] with two threads; `None` if the second one could not be created.
fn pipe_to_thread<T: Send, E: Send>(
    produce: &mut impl FnMut(&mut Emit<'_, T>) -> Result<(), E>,
    consume: &mut (impl FnMut(T) -> Result<(), E> + Send),
) -> Option<Result<(), E>> {
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<T>>(QUEUE_LIMIT);
        let consumer =
            Builder::new().spawn_scoped(scope, move || receiver.into_iter().flatten().try_for_each(consume)).ok()?;
        let (mut batch, mut size) = (Vec::new(), 0);
        let produced = produce(&mut |bytes, item| {
            batch.push(item);
            size += bytes;
            if size >= BATCH_BYTES {
                size = 0;
                send(&sender, mem::take(&mut batch));
            }
        });
        send(&sender, batch);
        drop(sender);
        Some(join(consumer.join()).and(produced))
    })
}

/// Sends a batch. A consumer that failed no longer receives; its error is returned in the end.
fn send<T>(sender: &SyncSender<Vec<T>>, batch: Vec<T>) {
    let _failed = sender.send(batch).is_err();
}

/// The result of a thread. A panic continues on the caller's thread.
fn join<R>(joined: thread::Result<R>) -> R {
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Items that another thread produces ahead of their reader, in order.
pub struct Prefetch<T> {
    items: Option<Receiver<T>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Prefetch<T> {
    /// Starts `work`, which should return once sending fails: the reader needs no more items then. At
    /// most `limit` items wait for their reader. `None` if the thread could not be created.
    pub fn start(limit: usize, work: impl FnOnce(SyncSender<T>) + Send + 'static) -> Option<Self> {
        let (sender, items) = sync_channel(limit);
        let thread = Builder::new().spawn(move || work(sender)).ok()?;
        Some(Prefetch { items: Some(items), thread: Some(thread) })
    }

    /// The next item; `None` after the last one.
    pub fn next(&self) -> Option<T> {
        self.items.as_ref()?.recv().ok()
    }
}

impl<T> Drop for Prefetch<T> {
    /// Waits for the thread, which may still use files that the reader is about to close.
    fn drop(&mut self) {
        self.items = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked sent no further items; its reader has noticed.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const BOTH: [Threads; 2] = [Threads::One, Threads::Two];

    #[test]
    fn items_are_consumed_in_the_order_in_which_they_are_produced() {
        for threads in BOTH {
            let mut consumed = Vec::new();
            let done = pipe(
                threads,
                |emit| {
                    // Some are sent alone, some together.
                    (0..200_usize).for_each(|number| emit(BATCH_BYTES * (number % 3) / 2, number));
                    Ok::<(), ()>(())
                },
                |number| {
                    // Some take longer than the ones after them.
                    let slow = (0..(number % 7) * 20_000).fold(0_u64, |sum, n| sum ^ n as u64);
                    consumed.push((number, slow.min(1)));
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            let numbers: Vec<usize> = consumed.into_iter().map(|(number, _)| number).collect();
            assert_eq!(numbers, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let numbers: Vec<usize> = (0..200).collect();
        for threads in BOTH {
            let doubled = par_map(threads, &numbers, |number| Ok::<_, ()>(2 * number));
            assert_eq!(doubled, Ok(numbers.iter().map(|number| 2 * number).collect()));
            assert_eq!(par_map(threads, &[0_u8; 0], |_| Ok::<_, ()>(())), Ok(Vec::new()));
        }
    }

    #[test]
    fn both_pieces_of_work_run_at_the_same_time() {
        // A channel without a queue: neither piece could end if the other one did not run.
        let (sender, receiver) = sync_channel(0);
        let sender = Mutex::new(sender);
        let results = both(|| sender.lock().expect("a sender").send(1), || receiver.recv());
        assert_eq!(results, (Ok(()), Ok(1)));
    }

    #[test]
    fn the_error_of_the_first_item_that_fails_is_returned() {
        let numbers: Vec<usize> = (0..200).collect();
        for threads in BOTH {
            for _ in 0..50 {
                let failed = par_map(threads, &numbers, |number| if number % 7 == 6 { Err(*number) } else { Ok(()) });
                assert_eq!(failed, Err(6));
            }
        }
    }

    #[test]
    fn an_error_of_the_consumer_precedes_one_of_the_producer() {
        for threads in BOTH {
            for produced in [Ok(()), Err(1_000)] {
                let mut taken = 0;
                let done = pipe(
                    threads,
                    |emit| {
                        (0..100).for_each(|number| emit(BATCH_BYTES / 2, number));
                        produced
                    },
                    |number| {
                        taken += 1;
                        if number % 10 == 7 { Err(number) } else { Ok(()) }
                    },
                );
                assert_eq!((done, taken), (Err(7), 8));
                let emit_hundred = |emit: &mut Emit<'_, usize>| {
                    (0..100).for_each(|number| emit(BATCH_BYTES / 2, number));
                    produced
                };
                assert_eq!(pipe(threads, emit_hundred, |_| Ok(())), produced);
            }
        }
    }

    #[test]
    fn items_are_prefetched_in_order_and_only_as_far_as_they_are_read() {
        let squares = Prefetch::start(2, |sender| {
            // Endless: the thread ends when its reader is gone.
            let _gone = (0..).try_for_each(|number: u64| sender.send(number * number));
        });
        let squares = squares.expect("a thread");
        assert_eq!([squares.next(), squares.next(), squares.next()], [Some(0), Some(1), Some(4)]);
    }
}
