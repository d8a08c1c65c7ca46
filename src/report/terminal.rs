//! A report for a terminal: what customers would read, then the findings with their source lines.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};
use changecast_core::lint::Level;

use crate::{read::floor, render::hides_text};

use super::{ListReport, Located, Report, counts, outlook, verdict, visible};

/// The properties of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its width in columns.
    pub width: usize,
    /// Whether it shows colours.
    pub color: bool,
}

pub(super) fn write(report: &Report, look: &Look) -> String {
    let mut out = String::new();
    for list in &report.lists {
        write_list(&mut out, list, report, look);
    }
    let _infallible = writeln!(out, "check: {}: {}", counts(report), verdict(report));
    out
}

fn write_list(out: &mut String, list: &ListReport, report: &Report, look: &Look) {
    for line in outlook(list, report) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push('\n');
    for finding in &list.new {
        out.push_str(&snippet(finding, look));
        out.push_str("\n\n");
    }
    if !list.existing.is_empty() {
        out.push_str("Existing findings, which do not change the exit status:\n");
        for finding in &list.existing {
            let at = place(finding);
            let _infallible =
                writeln!(out, "  {at}: {}[{}]: {}", finding.level, finding.rule.id, visible(&finding.message));
        }
        out.push('\n');
    }
    if !list.waived.is_empty() {
        out.push_str("Waived findings:\n");
        for waived in &list.waived {
            let (finding, at) = (&waived.finding, place(&waived.finding));
            let (message, reason) = (visible(&finding.message), visible(&waived.reason));
            let _infallible =
                writeln!(out, "  {at}: {}: {message} (until {}: {reason})", finding.rule.id, waived.until);
        }
        out.push('\n');
    }
}

fn place(finding: &Located) -> String {
    format!("{}:{}:{}", visible(&finding.path), finding.span.start.line, finding.span.start.column)
}

/// A finding with its underlined lines.
fn snippet(finding: &Located, look: &Look) -> String {
    let title = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Info | Level::Off => Title::INFO,
    };
    let (path, message, help) = (visible(&finding.path), visible(&finding.message), visible(&finding.help));
    let lines: String = finding.span.lines.split('\n').map(shown).collect::<Vec<_>>().join("\n");
    let range = finding.span.range.clone();
    let range = floor(&lines, range.start)..floor(&lines, range.end.max(range.start));
    let source = Snippet::source(lines.as_str())
        .line_start(finding.span.start.line)
        .path(path.as_str())
        .annotation(AnnotationKind::Primary.span(range));
    let group = Group::with_title(title.primary_title(message.as_str()).id(finding.rule.id)).element(source);
    let group = if help.is_empty() { group } else { group.element(Title::HELP.message(help.as_str())) };
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(look.width).render(&[group])
}

/// A line of a file without characters that a terminal would interpret. Each keeps its length in bytes, so that ranges
/// stay right.
fn shown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let is_hidden = (c.is_control() && c != '\t') || hides_text(c);
        match is_hidden {
            true => out.extend(std::iter::repeat_n('?', c.len_utf8())),
            false => out.push(c),
        }
    }
    out
}
