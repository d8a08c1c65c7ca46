//! Workflow commands of GitHub Actions, which annotate the lines of a pull request.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write;

use changecast_core::lint::Level;

use super::{Report, counts, outlook, verdict, visible};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    for line in report.lists.iter().flat_map(|list| outlook(list, report)) {
        out.push_str(&log_line(&line));
        out.push('\n');
    }
    for finding in report.new_findings() {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info | Level::Off => "notice",
        };
        let (start, end) = (finding.span.start, finding.span.end);
        // GitHub ignores columns of an annotation over several lines.
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column.max(start.column + 1))
        } else {
            String::new()
        };
        let text = if finding.help.is_empty() {
            finding.message.clone()
        } else {
            format!("{}\nhelp: {}", finding.message, finding.help)
        };
        let _infallible = writeln!(
            out,
            "::{command} file={},line={},endLine={}{columns},title={}::{}",
            property(&finding.path),
            start.line,
            end.line,
            property(finding.rule.id),
            data(&text)
        );
    }
    let _infallible = writeln!(out, "changecast check: {}: {}", counts(report), verdict(report));
    out
}

/// A line of the log that is no command. The runner looks for `::` at the beginning of a line, and for the older `##[`
/// anywhere in it.
fn log_line(line: &str) -> String {
    let line = line.replace("##[", "# #[");
    if line.trim_start().starts_with("::") { line.replacen("::", ": :", 1) } else { line }
}

/// The text of a command. Each line of it is visible text.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
