//! MatchReason a comparison says what it says, for a terminal.

use changecast_core::change::{Explanation, Level, Unmatched};

use super::{
    Inline,
    terminal::{Style, wrap},
};
use changecast_core::prose;

/// An explanation as lines of text.
pub fn explanation(explanation: &Explanation, style: Style) -> String {
    let mut out = String::new();
    let heading = |out: &mut String, text: &str| {
        out.push('\n');
        wrap(out, "", 0, &[Inline::Strong(text.to_owned())], style);
    };
    heading(&mut out, "Entries");
    let same = explanation.same;
    item(&mut out, &[plain(format!("{same} stand in both versions under the same id and name"))], style);
    for known in &explanation.recognised {
        let reason = known.why.in_words();
        let names = if known.before == known.after {
            vec![strong(&known.after)]
        } else {
            vec![strong(&known.before), plain(" is now ".into()), strong(&known.after)]
        };
        item(&mut out, &[names, vec![plain(format!(": {reason}"))]].concat(), style);
    }
    for Unmatched { name, is_new, near } in &explanation.alone {
        let what = if *is_new { " is new" } else { " is gone" };
        let mut pieces = vec![strong(name), plain(what.into())];
        if near.is_empty() {
            pieces.push(plain(": no name of the other version is like it".into()));
        }
        for (other, against) in near {
            pieces.extend([plain("; it is not ".into()), strong(other), plain(format!(": {against}"))]);
        }
        item(&mut out, &pieces, style);
    }
    let (told, untold): (Vec<_>, Vec<_>) =
        explanation.reasons.iter().partition(|(change, _)| change.level != Level::Editorial);
    for (title, reasons) in [("Told", told), ("Not told", untold)] {
        if reasons.is_empty() {
            continue;
        }
        heading(&mut out, title);
        for (change, reason) in reasons {
            item(&mut out, &prose::sentence(change), style);
            wrap(&mut out, "    because ", 6, &[plain(reason.clone())], style);
        }
    }
    if !explanation.beside.is_empty() {
        heading(&mut out, "No statements of the list");
        for text in &explanation.beside {
            item(&mut out, &[plain(text.clone())], style);
        }
    }
    if explanation.reasons.is_empty() {
        heading(&mut out, "The list says the same as before");
    }
    out
}

fn item(out: &mut String, pieces: &[Inline], style: Style) {
    wrap(out, "  ", 4, pieces, style);
}

fn plain(text: String) -> Inline {
    Inline::Plain(text)
}

fn strong(text: &changecast_core::model::Text) -> Inline {
    Inline::Strong(text.to_string())
}
