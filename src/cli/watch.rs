//! Where a run is, and where it spent its time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::{Duration, Instant},
};

use changecast::publish::{Event, Stage};

use super::console::{self, Progress};

/// Watches a run: a progress bar on a terminal, and timings for those who ask.
pub struct Watcher {
    progress: Progress,
    at: Cell<(Option<Stage>, Instant)>,
    spent: RefCell<BTreeMap<Stage, Duration>>,
}

impl Watcher {
    /// Begins to watch.
    pub fn new() -> Self {
        Watcher { progress: Progress::new(), at: Cell::new((None, Instant::now())), spent: RefCell::default() }
    }

    /// Hears what happens.
    pub fn hear(&self, event: Event) {
        match event {
            Event::Starts(stage) => self.begins(Some(stage)),
            Event::Versions { done, of } => self.progress.at(done, of),
        }
    }

    fn begins(&self, stage: Option<Stage>) {
        let now = Instant::now();
        if let (Some(before), since) = self.at.replace((stage, now)) {
            *self.spent.borrow_mut().entry(before).or_default() += now - since;
        }
    }

    /// Says where the time went.
    pub fn report(&self) {
        self.begins(None);
        let spent = self.spent.borrow();
        let whole: Duration = spent.values().sum();
        for (stage, time) in spent.iter() {
            let share = 100.0 * time.as_secs_f64() / whole.as_secs_f64().max(f64::EPSILON);
            let name = format!("{stage:?}").to_lowercase();
            console::note(&format!("{name:<8} {:>9.3} ms {share:>5.1} %", time.as_secs_f64() * 1e3));
        }
        console::note(&format!("{:<8} {:>9.3} ms", "all", whole.as_secs_f64() * 1e3));
    }
}
