//! The explanation of a comparison, for a terminal.

use changecast_core::{
    change::{Decision, Explanation, InternalChanges, Level, Unmatched},
    model::Text,
    prose,
};

use super::{
    Inline,
    terminal::{Style, wrap},
};

/// An explanation as lines of text.
pub fn explanation(explanation: &Explanation, style: Style) -> String {
    let mut out = String::new();
    heading(&mut out, "Entries", style);
    let same = format!("{} are in both versions under the same id and name", explanation.same);
    item(&mut out, &[plain(same)], style);
    for matched in &explanation.matched {
        let mut pieces = vec![strong(&matched.before)];
        if matched.before != matched.after {
            pieces.extend([plain(" is now "), strong(&matched.after)]);
        }
        pieces.push(plain(format!(": {}", prose::match_reason(matched.reason))));
        item(&mut out, &pieces, style);
    }
    for entry in &explanation.unmatched {
        item(&mut out, &unmatched(entry), style);
    }
    let (editorial, announced): (Vec<&Decision>, Vec<&Decision>) =
        explanation.decisions.iter().partition(|decision| decision.change.level == Level::Editorial);
    decisions(&mut out, "Announced", &announced, style);
    decisions(&mut out, "Suppressed", &editorial, style);
    let internal = internal(&explanation.internal);
    if !internal.is_empty() {
        heading(&mut out, "Internal", style);
        for line in internal {
            item(&mut out, &[plain(line)], style);
        }
    }
    if explanation.decisions.is_empty() {
        heading(&mut out, "The list has not changed", style);
    }
    out
}

fn unmatched(entry: &Unmatched) -> Vec<Inline> {
    let mut pieces = vec![strong(&entry.name), plain(if entry.is_new { " is new" } else { " was removed" })];
    if entry.near.is_empty() {
        pieces.push(plain(": no similar name in the other version"));
    }
    for (other, refusal) in &entry.near {
        pieces.extend([plain("; not "), strong(other), plain(format!(": {}", prose::refusal(*refusal)))]);
    }
    pieces
}

fn decisions(out: &mut String, title: &str, decisions: &[&Decision], style: Style) {
    if decisions.is_empty() {
        return;
    }
    heading(out, title, style);
    for decision in decisions {
        item(out, &super::sentence(&decision.change), style);
        wrap(out, "    because ", 6, &[plain(prose::reason(decision.reason))], style);
    }
}

fn internal(changes: &InternalChanges) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(changes.entry_ids.iter().map(|id| format!("the id {} is now {}", id.from, id.to)));
    lines.extend(changes.section_ids.iter().map(|id| format!("the section id {} is now {}", id.from, id.to)));
    lines.extend(changes.column_keys.iter().map(|key| format!("the column key {} is now {}", key.from, key.to)));
    if changes.reordered {
        lines.push("the entries are in another order".to_owned());
    }
    lines
}

fn heading(out: &mut String, text: &str, style: Style) {
    out.push('\n');
    wrap(out, "", 0, &[Inline::Strong(text.to_owned())], style);
}

fn item(out: &mut String, pieces: &[Inline], style: Style) {
    wrap(out, "  ", 4, pieces, style);
}

fn plain(text: impl Into<String>) -> Inline {
    Inline::Plain(text.into())
}

fn strong(text: &Text) -> Inline {
    Inline::Strong(text.to_string())
}
