//! A report as JSON.

use serde_json::{Value, json};

use super::{ListReport, Located, Report};

pub(super) fn write(report: &Report) -> Result<String, serde_json::Error> {
    let lists: Vec<Value> = report.lists.iter().map(list).collect();
    let value = json!({
        "now": report.now,
        "base": report.base,
        "head": report.head,
        "fails": report.fails(),
        "lists": lists,
    });
    serde_json::to_string_pretty(&value).map(|text| text + "\n")
}

fn list(list: &ListReport) -> Value {
    let changes: Vec<Value> = list
        .readings
        .iter()
        .map(|reading| {
            json!({
                "kind": reading.kind,
                "entry": reading.entry,
                "sentence": reading.sentence,
                "deadlines": reading.deadlines,
                "effective": reading.effective,
                "object_by": reading.object_by,
            })
        })
        .collect();
    let new = list.new.iter().map(|located| finding(located, "new"));
    let existing = list.existing.iter().map(|located| finding(located, "existing"));
    let waived = list.waived.iter().map(|waived| {
        let mut value = finding(&waived.finding, "waived");
        value["waiver"] = json!({ "reason": waived.reason, "until": waived.until });
        value
    });
    json!({
        "list": list.id,
        "title": list.title,
        "path": list.path,
        "changes": changes,
        "findings": new.chain(existing).chain(waived).collect::<Vec<_>>(),
        "remarks": list.remarks,
    })
}

fn finding(finding: &Located, state: &str) -> Value {
    json!({
        "rule": finding.rule.id,
        "level": finding.level.name(),
        "state": state,
        "entry": finding.entry,
        "message": finding.message,
        "help": finding.help,
        "path": finding.path,
        "line": finding.span.start.line,
        "column": finding.span.start.column,
        "end_line": finding.span.end.line,
        "end_column": finding.span.end.column,
        "fingerprint": finding.fingerprint,
    })
}
