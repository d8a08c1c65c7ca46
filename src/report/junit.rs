//! JUnit XML, as most services read it. Each rule is a test of each list.
//!
//! <https://github.com/testmoapp/junitxml>

use std::fmt::Write;

use changecast_core::lint::{Level, RULES};

use super::{ListReport, Located, Report};

pub(super) fn write(report: &Report) -> String {
    let suites: Vec<String> = report.lists.iter().map(|list| suite(list, report.fail_on)).collect();
    let failures = report.new_findings().filter(|finding| finding.level >= report.fail_on).count();
    let tests: usize = report.lists.iter().map(|list| cases(list, report.fail_on).len()).sum();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"changecast check\" tests=\"{tests}\" \
         failures=\"{failures}\">\n{}</testsuites>\n",
        suites.concat()
    )
}

fn suite(list: &ListReport, fail_on: Level) -> String {
    let cases = cases(list, fail_on);
    let failures = list.new.iter().filter(|finding| finding.level >= fail_on).count();
    format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\">\n{}  </testsuite>\n",
        escape(&list.id),
        cases.len(),
        cases.concat()
    )
}

/// The tests of a list: one for each new finding, and one for each rule without any.
fn cases(list: &ListReport, fail_on: Level) -> Vec<String> {
    let mut cases = Vec::new();
    for rule in RULES {
        let mut found = list.new.iter().filter(|finding| finding.rule == rule).peekable();
        if found.peek().is_none() {
            cases.push(format!("    <testcase classname=\"{}\" name=\"{}\"/>\n", escape(&list.path), rule.id));
        }
        cases.extend(found.map(|finding| case(finding, fail_on)));
    }
    cases
}

fn case(finding: &Located, fail_on: Level) -> String {
    let about = finding.entry.as_ref().map(|entry| format!(": {}", entry.name)).unwrap_or_default();
    let name = format!("{}{about}", finding.rule.id);
    let place = format!("{}:{}:{}", finding.path, finding.span.start.line, finding.span.start.column);
    let text = format!("{place}: {}\nhelp: {}", finding.message, finding.help);
    let mut out = String::new();
    let _infallible = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">",
        escape(&finding.path),
        escape(&name),
        escape(&finding.path),
        finding.span.start.line
    );
    let _infallible = match finding.level >= fail_on {
        true => writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>",
            finding.level,
            escape(&finding.message),
            escape(&text)
        ),
        false => writeln!(out, "      <system-out>{}: {}</system-out>", finding.level, escape(&text)),
    };
    out.push_str("    </testcase>\n");
    out
}

/// Text of XML 1.0, also inside an attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            // XML 1.0 §2.2: no other control characters and no non-characters.
            c if c.is_control() || (c as u32) & 0xfffe == 0xfffe => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
