//! Changes of the notice terms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    model::{Fact, FieldKey, Terms, Text, fold},
    term_rows::{stated_terms, term_notation, term_rows},
};

use super::{
    event::{Change, Detail, Edit},
    kind::{Kind, Level},
    reason::{Decision, Reason},
};

/// Compares the notice terms of two versions. Every difference is a change of the row to which it belongs. If the
/// terms were shortened, every change of them has the level `notice`.
pub(super) fn compare_terms(before: Option<&Terms>, after: Option<&Terms>) -> Vec<Decision> {
    if before == after {
        return Vec::new();
    }
    let level = if is_shortened(before, after) { Level::Notice } else { Level::Info };
    let (old, new) = (Stated::of(before), Stated::of(after));
    let keys: BTreeSet<&FieldKey> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter_map(|key| compare_rows(key, &old, &new, level)).collect()
}

fn is_shortened(before: Option<&Terms>, after: Option<&Terms>) -> bool {
    let unstated = Terms::default();
    Terms::is_shortened(before.unwrap_or(&unstated), after.unwrap_or(&unstated))
}

/// The terms of one version, by the key of their row.
struct Stated {
    rows: BTreeMap<FieldKey, Fact>,
    typed: BTreeMap<FieldKey, Value>,
}

impl Stated {
    fn of(terms: Option<&Terms>) -> Self {
        let rows = terms.map(term_rows).unwrap_or_default();
        let rows = rows.into_iter().map(|row| (row.field.clone(), row)).collect();
        Stated { rows, typed: terms.map(stated_terms).unwrap_or_default() }
    }

    fn keys(&self) -> impl Iterator<Item = &FieldKey> {
        self.rows.keys().chain(self.typed.keys())
    }

    /// The sentence of a row.
    fn sentence(&self, key: &FieldKey) -> Option<Text> {
        self.rows.get(key).map(|row| row.text.clone())
    }

    /// The typed term of a row as JSON, where the sentence does not show a difference.
    fn notation(&self, key: &FieldKey) -> Option<Text> {
        self.typed.get(key).map(|value| Text::new(&term_notation(value)))
    }
}

fn compare_rows(key: &FieldKey, old: &Stated, new: &Stated, level: Level) -> Option<Decision> {
    let is_same_term = old.typed.get(key) == new.typed.get(key);
    let (before, after) = match (old.sentence(key), new.sentence(key)) {
        (before, after) if before != after => (before, after),
        _ if is_same_term => return None,
        _ => (old.notation(key), new.notation(key)),
    };
    let edit = Edit::between(before.as_ref(), after.as_ref())?;
    let row = new.rows.get(key).or_else(|| old.rows.get(key));
    let label = row.map_or_else(|| Text::new("Notice terms"), |row| row.label.clone());
    let is_same_wording = is_text(key) && is_same_wording(&edit);
    let change = Change::new(Kind::TermsChanged, Detail::Fact { field: key.clone(), label, edit });
    Some(if is_same_wording {
        Decision { change: change.editorial(), reason: Reason::SameStatement }
    } else {
        Decision { change: Change { level, ..change }, reason: Reason::OtherStatement }
    })
}

/// Whether a row contains only words of the publisher. Another spelling or punctuation of them does not change the
/// terms.
fn is_text(key: &FieldKey) -> bool {
    matches!(
        key.as_str(),
        "notice.text" | "notice.objection.text" | "notice.objection.outcome" | "notice.objection.grounds"
    )
}

fn is_same_wording(edit: &Edit) -> bool {
    match edit {
        Edit::Changed(before, after) => fold(before.as_str()) == fold(after.as_str()),
        Edit::Set(_) | Edit::Cleared(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;
    use crate::{
        change::{apply, diff},
        model::{Inventory, ListState},
    };

    /// Values of members, of which some differ only in what sentences leave out or join.
    fn members() -> Vec<(&'static str, Vec<Value>)> {
        vec![
            ("promise", vec![json!("none"), json!("best-efforts")]),
            (
                "lead",
                vec![
                    json!({}),
                    json!({"added": []}),
                    json!({"added": "30d"}),
                    json!({"any": "30d"}),
                    json!({"added": "P4W", "any": "reasonable"}),
                    json!({"added": [{"time": "30d", "when": "a, b"}]}),
                    json!({"added": [{"time": "30d", "when": "a", "name": "b"}]}),
                    json!({"added": ["30d", "10bd"]}),
                    json!({"added": ["10bd", "30d"]}),
                    json!({"added": {"time": "30d", "before": "effective"}}),
                ],
            ),
            (
                "objection",
                vec![
                    json!({}),
                    json!({"within": "14d"}),
                    json!({"within": "14d", "from": "notification"}),
                    json!({"within": "14d", "from": ["notification", "receipt"]}),
                    json!({"within": "2w", "contact": "mailto:a@b.example"}),
                    json!({"within": "2w", "contact": "a@b.example"}),
                    json!({"within": "2w", "contact": "A@b.example"}),
                    json!({"within": "until-effective", "from": "receipt"}),
                    json!({"scope": ["a; b"], "then": {"step": "talks", "text": "30 days"}}),
                    json!({"scope": ["a", "b"], "then": {"step": "talks", "within": "30d"}}),
                ],
            ),
            (
                "exceptions",
                vec![
                    json!(["a; b"]),
                    json!(["a", "b"]),
                    json!(["exception"]),
                    json!([{}]),
                    json!([{"text": "a", "reason": "required"}]),
                    json!(["a (with a stated reason)"]),
                ],
            ),
            ("duties", vec![json!([{"after": "engagement"}]), json!([{"after": "engagement", "text": "x"}])]),
            ("channels", vec![json!(["email", "page"]), json!(["email; page"]), json!(["page", "email"])]),
            ("channel-rule", vec![json!("any"), json!("all")]),
            ("audience", vec![json!(["subscribers"]), json!(["Subscribers"])]),
            ("scope", vec![json!(["a; b"]), json!(["a", "b"]), json!([""])]),
            ("changes", vec![json!("material")]),
            ("consent", vec![json!("required")]),
            ("proof-of-delivery", vec![json!("required")]),
            ("zone", vec![json!("UTC"), json!("Europe/Berlin")]),
            ("weekend", vec![json!(["sun"]), json!(["sat", "sun"]), json!(["sun", "sat"])]),
            ("holidays", vec![json!({}), json!(["2026-12-25"]), json!({"file": "a.txt", "dates": ["2026-12-25"]})]),
            ("roll", vec![json!("next-working-day")]),
            ("clear", vec![json!(true)]),
            ("text", vec![json!(""), json!("Thirty days."), json!("thirty days")]),
        ]
    }

    fn terms() -> impl Strategy<Value = Terms> {
        let members = members().into_iter().map(|(name, values)| {
            let value = proptest::option::weighted(0.3, proptest::sample::select(values));
            value.prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        });
        let members: Vec<_> = members.collect();
        members.prop_map(|members| {
            let members: Map<String, Value> = members.into_iter().flatten().collect();
            Terms::from_json(&Value::Object(members)).unwrap()
        })
    }

    /// The first terms with some members of the second ones, so that few members differ.
    fn two_terms() -> impl Strategy<Value = (Terms, Terms)> {
        (terms(), terms(), any::<u32>()).prop_map(|(first, second, mask)| {
            let (mut mixed, second) = (first.to_json().unwrap(), second.to_json().unwrap());
            for (place, (name, _)) in members().into_iter().enumerate() {
                if mask >> place & 7 == 0 {
                    let value = second.get(name).cloned();
                    let target = mixed.as_object_mut().unwrap();
                    target.remove(name);
                    target.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
            (first, Terms::from_json(&mixed).unwrap())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn every_difference_of_terms_is_a_change_of_terms((before, after) in two_terms()) {
            let decisions = compare_terms(Some(&before), Some(&after));
            prop_assert_eq!(before == after, decisions.is_empty(), "{:?} -> {:?}", before, after);
            prop_assert!(decisions.iter().all(|decision| decision.change.kind == Kind::TermsChanged));
        }

        #[test]
        fn terms_read_from_their_own_json_are_equal(terms in terms()) {
            prop_assert_eq!(Terms::from_json(&terms.to_json().unwrap()), Ok(terms));
        }

        #[test]
        fn applied_differences_of_terms_lead_to_the_later_terms((before, after) in two_terms()) {
            let [before, after] =
                [before, after].map(|terms| ListState::listed(Inventory { terms: Some(terms), ..Inventory::default() }));
            let changes = diff(&before, &after);
            prop_assert_eq!(apply(&before, &changes), Ok(after));
        }
    }
}
