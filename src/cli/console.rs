//! Data to standard output, narration to standard error, a progress bar where somebody watches.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use anstyle::{AnsiColor, Effects, Style as Ansi};
use changecast::render::Style;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Failure;

/// Writes data to standard output.
pub fn data(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::File { path: "standard output".to_owned(), error },
    })
}

/// How standard output shows things: its width, and colours unless `NO_COLOR` or a pipe forbids.
pub fn style() -> Style {
    let choice = anstream::AutoStream::choice(&io::stdout());
    let width = if io::stdout().is_terminal() {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
    } else {
        120
    };
    Style { width, color: choice != anstream::ColorChoice::Never }
}

fn tell(mark: &str, style: Ansi, text: &str) {
    let text = visible(text);
    // In one piece: whoever reads along is woken once.
    let line = format!("{style}{mark}{style:#}{text}\n");
    // Narration that nobody can read is no failure.
    let _closed = anstream::stderr().lock().write_all(line.as_bytes()).is_err();
}

/// What happened, for whoever watches.
pub fn note(text: &str) {
    tell("", Ansi::new(), text);
}

/// Something that a careful reader would point out.
pub fn warning(text: &str) {
    tell("warning: ", AnsiColor::Yellow.on_default().effects(Effects::BOLD), text);
}

/// What went wrong, and what to do next.
pub fn error(text: &str, help: Option<&str>) {
    tell("error: ", AnsiColor::Red.on_default().effects(Effects::BOLD), text);
    if let Some(help) = help {
        tell("help: ", AnsiColor::Cyan.on_default().effects(Effects::BOLD), help);
    }
}

/// Text of others without what a terminal would obey.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// A bar for work that takes more than a second, on a terminal only.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
}

/// Shorter work shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

impl Progress {
    /// Nothing is shown yet.
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} versions, {per_sec}") {
            bar.set_style(style);
        }
        Progress { bar, started: Instant::now() }
    }

    /// Shows how far the work is.
    pub fn at(&self, done: usize, of: usize) {
        // Short work costs neither a bar nor a question to the system for each step.
        if self.started.elapsed() <= PATIENCE {
            return;
        }
        if self.bar.is_hidden() && io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.set_message("reading");
        }
        self.bar.set_length(of as u64);
        self.bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
