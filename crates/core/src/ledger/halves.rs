//! Work on a second thread. The results do not depend on it.

use std::thread::{self, Builder};

/// From this number of items on, a second thread saves more time than its creation costs.
const WORTHWHILE: usize = 8;

/// Maps items, half of them on a second thread, and returns the results in their order. Where there is no second thread, the
/// caller's thread does all of the work.
pub(super) fn map<T: Sync, R: Send>(items: &[T], map: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < WORTHWHILE {
        return items.iter().map(map).collect();
    }
    let (first, second) = items.split_at(items.len() / 2);
    thread::scope(|scope| {
        let other = Builder::new().spawn_scoped(scope, || second.iter().map(&map).collect::<Vec<R>>());
        let mut results: Vec<R> = first.iter().map(&map).collect();
        match other.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(others)) => results.extend(others),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => results.extend(second.iter().map(&map)),
        }
        results
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 7, 8, 9, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(super::map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
