//! Work beside the rest, in the threads of `rayon`, whose only user this is.
//!
//! What is made does not depend on them: results come in the order of the work.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::{
    Scope, ThreadPool, ThreadPoolBuilder,
    iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator},
};

/// So many threads work, the one that begins them among them: there is not more to share out.
const THREADS: usize = 2;
/// So many bytes are handed over at a time: to wake a thread takes as long as to hash some thousands.
const HANDFUL: usize = 128 << 10;
/// So many handfuls wait at most: each may hold a large file.
const WAITING: usize = 4;

/// Threads that stand ready, if such can be had. To begin them takes longer than small work.
static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

fn begin() -> Option<&'static ThreadPool> {
    let pool = || ThreadPoolBuilder::new().num_threads(THREADS).use_current_thread().build().ok();
    POOL.get_or_init(pool).as_ref()
}

/// What is made of each item, in their order; beside each other when threads stand ready, since an
/// [`in_order`] has begun them.
pub fn each<T: Sync, R: Send>(items: &[T], make: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    match POOL.get() {
        // Items differ in size: each is taken on its own.
        Some(Some(pool)) => pool.install(|| items.par_iter().with_max_len(1).map(make).collect()),
        _ => items.iter().map(make).collect(),
    }
}

/// A piece of work, which may make things.
type Piece<'env, T, E> = Box<dyn FnOnce(&mut Vec<T>) -> Result<(), E> + Send + 'env>;

/// Takes pieces of work.
pub struct Beside<'s, 'env, T, E> {
    /// Not handed over yet, and the bytes in it.
    pieces: Vec<Piece<'env, T, E>>,
    bytes: usize,
    /// How many handfuls there were before.
    handfuls: usize,
    /// Where they are done; here without one.
    threads: Option<&'s Scope<'env>>,
    done: Arc<Done<T, E>>,
}

impl<'env, T: Send + 'env, E: Send + 'env> Beside<'_, 'env, T, E> {
    /// Takes a piece of work on so many bytes.
    pub fn take(&mut self, bytes: usize, piece: impl FnOnce(&mut Vec<T>) -> Result<(), E> + Send + 'env) {
        self.pieces.push(Box::new(piece));
        self.bytes += bytes;
        if self.bytes >= HANDFUL {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let (number, pieces) = (self.handfuls, mem::take(&mut self.pieces));
        (self.handfuls, self.bytes) = (number + 1, 0);
        let threads = self.threads.filter(|_| self.done.waiting.load(Ordering::Relaxed) < WAITING);
        match threads {
            Some(threads) => {
                let done = Arc::clone(&self.done);
                done.waiting.fetch_add(1, Ordering::Relaxed);
                threads.spawn(move |_| {
                    done.work(number, pieces);
                    done.waiting.fetch_sub(1, Ordering::Relaxed);
                });
            }
            None => self.done.work(number, pieces),
        }
    }
}

/// What a handful made, by its number.
type Made<T, E> = (usize, Result<Vec<T>, E>);

/// What became of handfuls.
struct Done<T, E> {
    made: Mutex<Vec<Made<T, E>>>,
    /// How many wait for a thread.
    waiting: AtomicUsize,
    /// The first that failed: what comes behind it need not be done.
    failed: AtomicUsize,
}

impl<T, E> Done<T, E> {
    fn work(&self, number: usize, pieces: Vec<Piece<'_, T, E>>) {
        if self.failed.load(Ordering::Relaxed) < number {
            return;
        }
        let mut things = Vec::new();
        let made = pieces.into_iter().try_for_each(|piece| piece(&mut things)).map(|()| things);
        if made.is_err() {
            self.failed.fetch_min(number, Ordering::Relaxed);
        }
        self.made().push((number, made));
    }

    fn made(&self) -> MutexGuard<'_, Vec<Made<T, E>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does `work`, and the pieces of work that it gives away: in threads if it is to, and such can be had.
/// Gives what the pieces made, in their order.
///
/// # Errors
/// That of `work`, else that of the first piece that failed.
pub fn in_order<'env, T: Send + 'env, E: Send + 'env>(
    in_threads: bool,
    work: impl FnOnce(&mut Beside<'_, 'env, T, E>) -> Result<(), E>,
) -> Result<Vec<T>, E> {
    let done =
        Arc::new(Done { made: Mutex::default(), waiting: AtomicUsize::new(0), failed: AtomicUsize::new(usize::MAX) });
    let all = |threads: Option<&Scope<'env>>| {
        let mut beside = Beside { pieces: Vec::new(), bytes: 0, handfuls: 0, threads, done: Arc::clone(&done) };
        let worked = work(&mut beside);
        done.work(beside.handfuls, beside.pieces);
        worked
    };
    match in_threads.then(begin).flatten() {
        Some(pool) => pool.in_place_scope(|scope| all(Some(scope))),
        None => all(None),
    }?;
    let mut made = mem::take(&mut *done.made());
    made.sort_unstable_by_key(|(number, _)| *number);
    let mut things = Vec::new();
    for (_, made) in made {
        things.append(&mut made?);
    }
    Ok(things)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_comes_in_the_order_of_the_work() {
        for in_threads in [false, true] {
            let made = in_order(in_threads, |beside| {
                for number in 0..200_usize {
                    // Some are handed over alone, some together; some take longer than those behind them.
                    beside.take(HANDFUL * (number % 3) / 2, move |made| {
                        let slow = (0..(number % 7) * 20_000).fold(0_u64, |sum, n| sum ^ n as u64);
                        made.push((number, slow.min(1)));
                        Ok::<(), ()>(())
                    });
                }
                Ok(())
            });
            let numbers: Vec<usize> = made.unwrap_or_default().into_iter().map(|(number, _)| number).collect();
            assert_eq!(numbers, (0..200).collect::<Vec<_>>());
            assert_eq!(each(&numbers, |number| number + 1), (1..201).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_failure_is_told() {
        for in_threads in [false, true] {
            let failed = in_order::<(), usize>(in_threads, |beside| {
                for number in 0..100 {
                    beside.take(HANDFUL, move |_| if number % 10 == 7 { Err(number) } else { Ok(()) });
                }
                Ok(())
            });
            assert_eq!(failed, Err(7));
            let failed = in_order::<(), usize>(in_threads, |beside| {
                beside.take(1, |_| Err(1));
                Err(2)
            });
            assert_eq!(failed, Err(2));
        }
    }
}
