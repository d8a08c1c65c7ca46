//! Changes of the notice terms.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Fact, FieldKey, Terms, fold},
    term_rows::term_rows,
};

use super::{
    event::{Change, Detail, Edit},
    kind::{Kind, Level},
    reason::{Decision, Reason},
};

/// Compares the notice terms of two versions. Each row that differs is one change. If the terms were
/// shortened, every change of them has the level `notice`.
pub(super) fn compare_terms(before: Option<&Terms>, after: Option<&Terms>) -> Vec<Decision> {
    if before == after {
        return Vec::new();
    }
    let level = if is_shortened(before, after) { Level::Notice } else { Level::Info };
    let (old_rows, new_rows) = (rows_by_key(before), rows_by_key(after));
    let keys: BTreeSet<&FieldKey> = old_rows.keys().chain(new_rows.keys()).collect();
    keys.into_iter().filter_map(|key| compare_rows(key, old_rows.get(key), new_rows.get(key), level)).collect()
}

fn is_shortened(before: Option<&Terms>, after: Option<&Terms>) -> bool {
    let unstated = Terms::default();
    Terms::is_shortened(before.unwrap_or(&unstated), after.unwrap_or(&unstated))
}

fn rows_by_key(terms: Option<&Terms>) -> BTreeMap<FieldKey, Fact> {
    let rows = terms.map(term_rows).unwrap_or_default();
    rows.into_iter().map(|row| (row.field.clone(), row)).collect()
}

fn compare_rows(key: &FieldKey, old: Option<&Fact>, new: Option<&Fact>, level: Level) -> Option<Decision> {
    let edit = Edit::between(old.map(|row| &row.text), new.map(|row| &row.text))?;
    let reason = match &edit {
        Edit::Changed(before, after) if before == after => return None,
        Edit::Changed(before, after) if fold(before.as_str()) == fold(after.as_str()) => Reason::SameStatement,
        _ => Reason::OtherStatement,
    };
    let label = new.or(old).map(|row| row.label.clone()).unwrap_or_default();
    let change = Change::new(Kind::TermsChanged, Detail::Fact { field: key.clone(), label, edit });
    Some(match reason {
        Reason::SameStatement => Decision { change: change.editorial(), reason },
        _ => Decision { change: Change { level, ..change }, reason },
    })
}
