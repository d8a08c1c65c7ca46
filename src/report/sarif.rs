//! SARIF 2.1.0, the format of code scanning services.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use changecast_core::lint::{Level, RULES, Rule};
use serde_json::{Value, json};

use super::{Located, Report, page};

pub(super) fn write(report: &Report) -> Result<String, serde_json::Error> {
    let rules: Vec<Value> = RULES.iter().map(rule).collect();
    let new = report.new_findings().map(|finding| result(finding, "new"));
    let existing = report.lists.iter().flat_map(|list| &list.existing).map(|finding| result(finding, "unchanged"));
    let waived = report.lists.iter().flat_map(|list| &list.waived).map(|waived| {
        let mut value = result(&waived.finding, "new");
        value["suppressions"] = json!([{ "kind": "external", "justification": waived.reason }]);
        value
    });
    let value = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "changecast",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": new.chain(existing).chain(waived).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&value).map(|text| text + "\n")
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.about },
        "help": { "text": page(rule), "markdown": page(rule) },
        "defaultConfiguration": { "level": level(rule.level) },
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
        Level::Off => "none",
    }
}

fn result(finding: &Located, state: &str) -> Value {
    let (start, end) = (finding.span.start, finding.span.end);
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": RULES.iter().position(|rule| rule == finding.rule),
        "level": level(finding.level),
        "message": { "text": format!("{}. Help: {}.", finding.message, finding.help) },
        "baselineState": state,
        "partialFingerprints": { "changecast/v1": finding.fingerprint },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&finding.path) },
                "region": {
                    "startLine": start.line,
                    "startColumn": start.column,
                    "endLine": end.line,
                    "endColumn": end.column,
                },
            },
        }],
    })
}

/// A path as a relative URI (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
