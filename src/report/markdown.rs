//! A report as Markdown: a comment on a pull request, or the summary of a job.

use std::fmt::Write;

use crate::render::{Inline, markdown_inline};

use super::{ListReport, Located, Report, counts, nothing_to_read, verdict};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    let _infallible = writeln!(out, "## changecast check: {}\n\nVerdict: {}.", counts(report), verdict(report));
    for list in &report.lists {
        write_list(&mut out, list, report);
    }
    out
}

/// Plain text with everything escaped that Markdown would interpret.
fn plain(text: &str) -> String {
    markdown_inline(&[Inline::Plain(text.to_owned())]).replace('\n', " ").replace('|', "\\|")
}

fn write_list(out: &mut String, list: &ListReport, report: &Report) {
    let _infallible = writeln!(out, "\n### {}\n", plain(&list.title));
    if list.readings.is_empty() {
        let _infallible = writeln!(out, "{}", nothing_to_read(list));
    } else {
        let _infallible = writeln!(out, "If this were published at {}, customers would read:\n", report.now);
        for reading in &list.readings {
            let _infallible = writeln!(out, "- {}", plain(&reading.sentence));
            if !reading.deadlines.is_empty() {
                let _infallible = writeln!(out, "  <br>{}", plain(&reading.deadlines));
            }
        }
        let last = list.readings.iter().filter_map(|reading| reading.object_by.as_ref()).min();
        if let Some(last) = last {
            let _infallible = writeln!(out, "\nThe first window for objections ends on {last}.");
        }
    }
    table(out, "Findings", &list.new.iter().collect::<Vec<_>>());
    table(out, "Existing findings, which do not change the result", &list.existing.iter().collect::<Vec<_>>());
    for waived in &list.waived {
        let (finding, reason) = (&waived.finding, plain(&waived.reason));
        let _infallible = writeln!(out, "\nWaived until {}: {} ({reason})", waived.until, plain(&finding.message));
    }
    for remark in &list.remarks {
        let _infallible = writeln!(out, "\n_{}_", plain(remark));
    }
}

fn table(out: &mut String, title: &str, findings: &[&Located]) {
    if findings.is_empty() {
        return;
    }
    let _infallible =
        writeln!(out, "\n#### {title}\n\n| level | rule | place | problem | what to do |\n|---|---|---|---|---|");
    for finding in findings {
        let place = format!("{}:{}:{}", finding.path, finding.span.start.line, finding.span.start.column);
        let _infallible = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            finding.level,
            finding.rule.id,
            plain(&place),
            plain(&finding.message),
            plain(&finding.help)
        );
    }
}
