//! A code quality report of GitLab.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use changecast_core::lint::{Level, Place};
use serde_json::{Value, json};

use super::{Report, visible};

pub(super) fn write(report: &Report) -> Result<String, serde_json::Error> {
    let issues: Vec<Value> = report
        .new_findings()
        .map(|finding| {
            let severity = match finding.level {
                Level::Error => "critical",
                Level::Warning => "minor",
                Level::Info | Level::Off => "info",
            };
            json!({
                "type": "issue",
                "description": visible(&format!("{}; {}", finding.message, finding.help)),
                "check_name": finding.rule.id,
                "fingerprint": finding.fingerprint,
                "severity": severity,
                "categories": ["Compatibility"],
                "location": {
                    "path": finding.path,
                    "positions": { "begin": place(finding.span.start), "end": place(finding.span.end) },
                    "lines": { "begin": finding.span.start.line, "end": finding.span.end.line },
                },
            })
        })
        .collect();
    serde_json::to_string_pretty(&issues).map(|text| text + "\n")
}

fn place(place: Place) -> Value {
    json!({ "line": place.line, "column": place.column })
}
