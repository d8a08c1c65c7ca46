//! Progress and timings of a run.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::{Duration, Instant},
};

use changecast::publish::{Event, Stage};

use super::console::{self, Progress};

/// Shows a progress bar on a terminal, and measures the stages of a run for `--timings`.
pub struct Watcher {
    progress: Progress,
    /// The current stage, and when it started.
    stage: Cell<(Option<Stage>, Instant)>,
    spent: RefCell<BTreeMap<Stage, Duration>>,
}

impl Watcher {
    /// Starts measuring; no stage has started yet.
    pub fn new() -> Self {
        Watcher { progress: Progress::new(), stage: Cell::new((None, Instant::now())), spent: RefCell::default() }
    }

    /// Updates the progress bar or the timings.
    pub fn on_event(&self, event: Event) {
        match event {
            Event::Starts(stage) => self.stage_started(Some(stage)),
            Event::Versions { done, of } => self.progress.update(done, of),
        }
    }

    fn stage_started(&self, stage: Option<Stage>) {
        let now = Instant::now();
        if let (Some(before), since) = self.stage.replace((stage, now)) {
            *self.spent.borrow_mut().entry(before).or_default() += now - since;
        }
    }

    /// Prints the time that each stage took, in milliseconds and as a share of the whole.
    pub fn report(&self) {
        self.stage_started(None);
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
