//! The text around the list: its "last updated" line, and sentences about vendors that are gone.

use std::collections::BTreeSet;

use crate::{
    change::{Detail, Edit, Kind},
    compare::FuzzyDate,
    model::{Text, fold},
    vocabulary::{Lifecycle, Meaning, Vocabulary},
};

use super::{
    Step, announcement,
    finding::Draft,
    names::{is_written_as_name, main_name, mentions, spaced, spoken_names},
    snapshot::Passage,
};

/// Most words between the label of such a line and its date: "Last updated by the legal team on".
const MAX_GAP: usize = 4;
/// Most words of a date: "1 de octubre de 2026".
pub(super) const MAX_DATE_WORDS: usize = 5;
/// The last word of a passage at which the label may begin.
const MAX_START: usize = 6;

/// The date that a line states as that of the last update.
fn updated(passage: &Passage) -> Option<FuzzyDate> {
    let words = Vocabulary::builtin();
    let text = match passage.label.is_empty() || fold(&passage.text).starts_with(&fold(&passage.label)) {
        true => passage.text.clone(),
        false => format!("{} {}", passage.label, passage.text),
    };
    let folded = fold(&text).replace(['_', '(', ')', '|', '*'], " ");
    let tokens: Vec<&str> = folded.split_whitespace().map(|word| word.trim_end_matches([':', ','])).collect();
    (0..tokens.len().min(MAX_START)).find_map(|start| {
        let is_mark = |taken: &usize| {
            let phrase = tokens.get(start..start + taken).map(|phrase| phrase.join(" ").replace('-', " "));
            // One word counts only at the beginning: "Updated: …".
            (*taken > 1 || start == 0) && phrase.is_some_and(|phrase| words.is(Meaning::UpdateMark, &phrase))
        };
        let taken = (1..=6).rev().find(is_mark)?;
        let rest = &tokens[start + taken..];
        (0..=rest.len().min(MAX_GAP)).find_map(|gap| {
            let end = rest.len().min(gap + MAX_DATE_WORDS);
            let date = (gap + 1..=end).rev().find_map(|end| FuzzyDate::read(words, &rest[gap..end].join(" ")));
            date.filter(|date| date.condition.is_empty())
        })
    })
}

/// Whether a change is one of rows or columns.
fn concerns_rows(detail: &Detail) -> bool {
    !matches!(detail, Detail::Fact { .. } | Detail::List { .. })
}

pub(super) fn last_updated(step: &Step<'_>) -> Vec<Draft> {
    let Some(before) = step.before else { return Vec::new() };
    if !step.changes.changes.iter().any(|change| concerns_rows(&change.detail)) {
        return Vec::new();
    }
    let today = announcement::today(step);
    let dates = |passages: &'_ [Passage]| passages.iter().find_map(|passage| Some((passage.place, updated(passage)?)));
    let (Some((_, old)), Some(passage)) =
        (dates(before.texts), step.after.texts.iter().find(|passage| updated(passage).is_some()))
    else {
        return Vec::new();
    };
    let Some(date) = updated(passage).filter(|date| *date == old && date.last.is_none_or(|last| last < today)) else {
        return Vec::new();
    };
    let shown = if passage.text.chars().count() <= 60 { passage.text.as_str() } else { "" };
    let message = format!("the list changed, and this line still states {}", date.first);
    vec![Draft::text(None, passage, shown, message).help("update the date").key("last updated")]
}

/// The names of vendors that a step takes off the list, with their names as written.
fn gone(step: &Step<'_>) -> Vec<(Text, BTreeSet<String>)> {
    let names = step.changes.changes.iter().filter_map(|change| match &change.detail {
        Detail::Row { former: Some(former), .. } => Some(former.name.clone()),
        Detail::Row { row, .. } if change.kind == Kind::Removed => Some(row.name.clone()),
        Detail::Field { edit: Edit::Changed(before, _), .. } if change.kind == Kind::Renamed => Some(before.clone()),
        _ => None,
    });
    let listed: String = step.after.list.entries.iter().map(|entry| spaced(entry.name.as_str())).collect();
    let Some(before) = step.before.map(|before| before.list) else { return Vec::new() };
    names
        .filter_map(|name| {
            let all = spoken_names(before, name.as_str()).into_iter().chain(main_name(name.as_str()));
            let all: BTreeSet<String> = all.filter(|name| !mentions(&listed, name)).collect();
            (!all.is_empty()).then_some((name, all))
        })
        .collect()
}

/// Whether a text is about the past, or about the change itself.
pub(super) fn is_about_past(passage: &Passage) -> bool {
    let words = Vocabulary::builtin();
    let heading = fold(&passage.heading);
    let text = spaced(&passage.text);
    let ends = |text: &str| {
        text.split_whitespace().any(|word| matches!(words.status_prefix(word), Some((Lifecycle::Ended, ""))))
    };
    words.has_word(Meaning::HistoryWord, &heading)
        || ends(&heading)
        || ends(&text)
        || words.mentions(Meaning::NoLongerUsed, &passage.text)
        || words.mentions(Meaning::NoLongerUsed, &passage.label)
        || words.has_stem(Meaning::ReplacementStem, &text)
        || words.has_stem(Meaning::RemovalStem, &text)
        || words.texts(Meaning::EarlierName).any(|word| text.contains(&format!(" {word} ")))
        || text.contains(" until ")
        || FuzzyDate::read(words, &first_words(&passage.text)).is_some()
}

fn first_words(text: &str) -> String {
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

pub(super) fn prose_names_removed(step: &Step<'_>) -> Vec<Draft> {
    let gone = gone(step);
    if gone.is_empty() {
        return Vec::new();
    }
    let own = step.after.texts.iter().map(|passage| (None, passage));
    let others =
        step.after.pages.iter().flat_map(|page| page.passages.iter().map(move |passage| (Some(page), passage)));
    let mut found = Vec::new();
    for (page, passage) in own.chain(others).filter(|(_, passage)| !is_about_past(passage)) {
        let text = spaced(&passage.text);
        for (name, names) in &gone {
            if let Some(named) =
                names.iter().find(|name| mentions(&text, name) && is_written_as_name(&passage.text, name))
            {
                let message = format!("{name} is no longer on the list, and this text still names it");
                let draft = Draft::text(page, passage, named, message);
                found.push(
                    draft.help("name its successor, or remove the sentence").key(format!("{name} {}", passage.text)),
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::snapshot::{Kind, Place};

    fn passage(label: &str, text: &str) -> Passage {
        let place = Place { line: 1, column: 1 };
        Passage { place, kind: Kind::Paragraph, label: label.into(), heading: String::new(), text: text.into() }
    }

    #[test]
    fn lines_state_when_a_page_was_updated() {
        for (label, text, expected) in [
            ("", "Last updated: 3 August 2026", Some("2026-08-03")),
            ("Last Updated", "May 10, 2026", Some("2026-05-10")),
            ("", "This page was last updated on August 3rd, 2026.", Some("2026-08-03")),
            ("", "Stand: 03.08.2026", Some("2026-08-03")),
            ("", "Version 1.3, last updated 2026-08-03", Some("2026-08-03")),
            ("", "Dernière mise à jour : 3 août 2026", Some("2026-08-03")),
            ("", "Última actualización: 3 de agosto de 2026", Some("2026-08-03")),
            ("lastmod", "2026-08-03", Some("2026-08-03")),
            ("", "Mail is sent since 3 August 2026", None),
            ("", "We updated our terms. They apply from 3 August 2026", None),
        ] {
            let found = updated(&passage(label, text)).map(|date| date.first.to_string());
            assert_eq!(found.as_deref(), expected, "{label} {text}");
        }
    }
}
