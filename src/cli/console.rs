//! Prints results to standard output, and messages and progress to standard error.

use std::{
    cell::OnceCell,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use anstyle::{AnsiColor, Effects, Style as Ansi};
use changecast::render::{Style, hides_text};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Failure;

/// Writes data to standard output.
///
/// # Errors
/// [`Failure::ClosedPipe`] if its reader has closed it, [`Failure::File`] for other errors.
pub fn data(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        _ => Failure::File { path: "standard output".to_owned(), error },
    })
}

/// The width of standard output, and whether to use colours: not in a pipe, and not with `NO_COLOR`.
pub fn style() -> Style {
    let choice = anstream::AutoStream::choice(&io::stdout());
    let width = if io::stdout().is_terminal() {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
    } else {
        120
    };
    Style { width, color: choice != anstream::ColorChoice::Never }
}

fn print(label: &str, style: Ansi, text: &str) {
    let text = visible(text);
    // A single write, so that the lines of several processes are not mixed.
    let line = format!("{style}{label}{style:#}{text}\n");
    // The command does not fail because standard error is closed.
    let _closed = anstream::stderr().lock().write_all(line.as_bytes()).is_err();
}

/// Prints a message about progress or a result.
pub fn note(text: &str) {
    print("", Ansi::new(), text);
}

/// Prints a warning on standard error.
pub fn warning(text: &str) {
    print("warning: ", AnsiColor::Yellow.on_default().effects(Effects::BOLD), text);
}

/// Prints an error and the next step.
pub fn error(text: &str, help: Option<&str>) {
    print("error: ", AnsiColor::Red.on_default().effects(Effects::BOLD), text);
    if let Some(help) = help {
        print("help: ", AnsiColor::Cyan.on_default().effects(Effects::BOLD), help);
    }
}

/// Replaces control characters, which a terminal would interpret, and escapes characters that are
/// invisible or change the direction of the text around them, which could hide part of a path.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            c if c.is_control() => shown.push('\u{fffd}'),
            c if hides_text(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// A progress bar on a terminal, for work that takes more than a second.
pub struct Progress {
    /// The bar; it does not exist before it is shown.
    bar: OnceCell<ProgressBar>,
    started: Instant,
}

/// The time after which the bar is shown.
const DELAY: Duration = Duration::from_secs(1);

impl Progress {
    /// Starts measuring. The bar is not shown yet.
    pub fn new() -> Self {
        Progress { bar: OnceCell::new(), started: Instant::now() }
    }

    /// Updates the bar, and shows it if the work takes long.
    pub fn update(&self, done: usize, of: usize) {
        if self.started.elapsed() <= DELAY || !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_init(shown_bar);
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    }
}

fn shown_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_message("reading");
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} versions, {per_sec}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn control_direction_and_zero_width_characters_are_made_visible() {
        for (text, expected) in [
            ("plain, Größe, العربية\nnext", "plain, Größe, العربية\nnext"),
            ("a\u{1b}[2Jb\u{9b}c", "a\u{fffd}[2Jb\u{fffd}c"),
            ("list\u{202e}lmay.exe", "list\\u{202e}lmay.exe"),
            ("a\u{200b}b\u{feff}c\u{2066}d", "a\\u{200b}b\\u{feff}c\\u{2066}d"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
