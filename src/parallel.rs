//! Work beside the rest, in the threads of `rayon`, whose only user this is.
//!
//! What is made does not depend on them: everything comes in the order of the work.

use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use rayon::{
    ThreadPool, ThreadPoolBuilder,
    iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator},
};

/// So many threads work, the one that begins them among them: there is not more to share out.
const THREADS: usize = 2;
/// So many bytes are handed over at a time: to wake a thread takes as long as to hash some thousands.
const BATCH_BYTES: usize = 128 << 10;
/// So many handfuls wait at most: each may hold a large file.
const WAITING: usize = 4;

/// Threads that stand ready, if such can be had. To begin them takes longer than small work.
static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

fn begin() -> Option<&'static ThreadPool> {
    let pool = || ThreadPoolBuilder::new().num_threads(THREADS).use_current_thread().build().ok();
    POOL.get_or_init(pool).as_ref()
}

/// Begins threads before it is known how much there is to share: beside what comes first.
pub fn warm_up() {
    begin();
}

/// What is made of each item, in their order; beside each other when threads stand ready.
///
/// # Errors
/// That of an item; what is behind it may be left out.
pub fn par_map<T: Sync, R: Send, E: Send>(
    items: &[T],
    make: impl Fn(&T) -> Result<R, E> + Send + Sync,
) -> Result<Vec<R>, E> {
    match POOL.get() {
        // Items differ in size: each is taken on its own.
        Some(Some(pool)) => pool.install(|| items.par_iter().with_max_len(1).map(make).collect()),
        _ => items.iter().map(make).collect(),
    }
}

/// Hands things over, with what each weighs in bytes.
pub type Hand<'h, T> = dyn FnMut(usize, T) + 'h;

/// Does `make`, and `take` with each thing that it hands over, in their order: beside it, if that is
/// to be in threads and such can be had, else when enough of them wait.
///
/// # Errors
/// That of `take`, which saw no more than `make` handed over before; else that of `make`.
pub fn pipe<T: Send, E: Send>(
    in_threads: bool,
    make: impl FnOnce(&mut Hand<'_, T>) -> Result<(), E>,
    take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    let taker = Consumer { waiting: Mutex::default(), taking: Mutex::new((take, Ok(()))) };
    let made = match in_threads.then(begin).flatten() {
        Some(pool) => pool.in_place_scope(|scope| taker.hand(make, || scope.spawn(|_| taker.take()))),
        None => taker.hand(make, || taker.take()),
    };
    let (_, taken) = taker.taking.into_inner().unwrap_or_else(PoisonError::into_inner);
    taken.and(made)
}

/// Takes handfuls of things, one after the other.
struct Consumer<T, F, E> {
    waiting: Mutex<VecDeque<Vec<T>>>,
    /// What takes them, and what became of it.
    taking: Mutex<(F, Result<(), E>)>,
}

impl<T, E, F: FnMut(T) -> Result<(), E>> Consumer<T, F, E> {
    /// Does `make`, puts what it hands over in handfuls, and says `come` when one waits.
    fn hand(&self, make: impl FnOnce(&mut Hand<'_, T>) -> Result<(), E>, come: impl Fn()) -> Result<(), E> {
        let (mut handful, mut weight) = (Vec::new(), 0);
        let made = make(&mut |bytes, thing| {
            handful.push(thing);
            weight += bytes;
            if weight >= BATCH_BYTES {
                weight = 0;
                if self.put(mem::take(&mut handful)) > WAITING {
                    self.take();
                } else {
                    come();
                }
            }
        });
        self.put(handful);
        come();
        made
    }

    /// Puts a handful with those that wait: so many do now.
    fn put(&self, handful: Vec<T>) -> usize {
        let mut waiting = lock(&self.waiting);
        waiting.push_back(handful);
        waiting.len()
    }

    /// Takes all that waits. Nothing is taken any more after a failure.
    fn take(&self) {
        let (take, taken) = &mut *lock(&self.taking);
        while let Some(handful) = { lock(&self.waiting).pop_front() } {
            if taken.is_ok() {
                *taken = handful.into_iter().try_for_each(&mut *take);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_taken_in_its_order() {
        for in_threads in [false, true] {
            let mut taken = Vec::new();
            let done = pipe(
                in_threads,
                |hand| {
                    // Some are handed over alone, some together.
                    (0..200_usize).for_each(|number| hand(BATCH_BYTES * (number % 3) / 2, number));
                    Ok::<(), ()>(())
                },
                |number| {
                    // Some take longer than those behind them.
                    let slow = (0..(number % 7) * 20_000).fold(0_u64, |sum, n| sum ^ n as u64);
                    taken.push((number, slow.min(1)));
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            let numbers: Vec<usize> = taken.into_iter().map(|(number, _)| number).collect();
            assert_eq!(numbers, (0..200).collect::<Vec<_>>());
            assert_eq!(par_map(&numbers, |number| Ok::<_, ()>(number + 1)), Ok((1..201).collect::<Vec<_>>()));
            assert_eq!(par_map(&numbers, |number| if *number == 70 { Err(()) } else { Ok(()) }), Err(()));
        }
    }

    #[test]
    fn the_first_failure_is_told() {
        for in_threads in [false, true] {
            // What is taken was made before whatever failed to be made.
            for made in [Ok(()), Err(1_000)] {
                let hundred = |hand: &mut Hand<'_, usize>| {
                    (0..100).for_each(|number| hand(BATCH_BYTES / 2, number));
                    made
                };
                let fails = |number| if number % 10 == 7 { Err(number) } else { Ok(()) };
                assert_eq!(pipe(in_threads, hundred, fails), Err(7));
                assert_eq!(pipe(in_threads, hundred, |_| Ok(())), made);
            }
        }
    }
}
