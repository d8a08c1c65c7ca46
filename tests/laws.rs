//! Laws that hold for all lists, checked on random ones.

use std::{collections::BTreeSet, sync::Arc};

use changecast::read::{ReadingConfig, read};
use changecast_core::{
    change::{Change, ChangeSet, Detail, Kind, Row, apply, diff},
    ledger::{Json, canonical},
    model::{Inventory, ListState},
};
use proptest::{prelude::*, sample::select, test_runner::TestCaseError};
use serde_json::{Value, json};

use crate::support::list_digest;

/// A list before it is written down.
#[derive(Clone, Debug)]
struct List {
    facts: Vec<(&'static str, &'static str)>,
    sections: Vec<Section>,
}

#[derive(Clone, Debug)]
struct Section {
    title: &'static str,
    status: Option<&'static str>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: Option<&'static str>,
    name: &'static str,
    fields: Vec<(&'static str, &'static str)>,
}

/// Names that are alike, names that occur twice, names in another script.
const NAMES: [&str; 14] = [
    "OpenAI, L.P.", "OpenAI, L.L.C.", "AWS", "Amazon Web Services", "Amazon Web Services (AWS)", "GitLab",
    "GitLab Hosted", "Nexmo", "NexMo Inc", "Quill", "Lantern", "Kestrel Mail", "用途", "AT&T <b>\"x\"</b> ]]>",
];
const TITLES: [&str; 4] = ["Infrastructure", "AI", "Available but not enabled", "Support and billing"];
const STATUSES: [&str; 3] = ["active", "Available but not enabled", "Optional (one or the other)"];
const FIELDS: [(&str, &[&str]); 11] = [
    ("Legal entity", &["Quill GmbH", "Quill B.V."]),
    ("provider", &["Nordhaven", "Kestrel"]),
    ("purpose", &["Hosting", "Hosting of the application", "**hosting**", "Mail"]),
    ("location", &["USA/EU", "EU, United States", "Finland", "Helsinki (HEL1)", "Bosnia and Herzegovina, Germany"]),
    ("country", &["Finland", "Ireland"]),
    ("data", &["names, e-mails", "e-mails; names", "all data"]),
    ("status", &["active", "in use", "planned"]),
    ("target", &["H2 2026", "2026-H2", "2027 and beyond", "soon"]),
    ("url", &["https://a.example", "https://a.example/", "javascript:alert(1)"]),
    ("remark", &["first", "second", "|=cmd()", "\u{202e}evil"]),
    ("service", &["Text", "Images"]),
];

fn entry() -> impl Strategy<Value = Entry> {
    let field = select(&FIELDS[..]).prop_flat_map(|(key, values)| (Just(key), select(values)));
    (
        proptest::option::weighted(0.2, select(&["x1", "x2", "x3", "aws", "quill"][..])),
        select(&NAMES[..]),
        prop::collection::vec(field, 0..5),
    )
        .prop_map(|(id, name, mut fields)| {
            fields.sort();
            fields.dedup_by_key(|(key, _)| *key);
            Entry { id, name, fields }
        })
}

fn list() -> impl Strategy<Value = List> {
    let section = (proptest::option::of(select(&STATUSES[..])), prop::collection::vec(entry(), 0..5));
    let facts = prop::collection::vec(
        prop_oneof![
            Just(("title", "List")),
            Just(("title", "The list")),
            Just(("exclusions", "Own tools")),
            Just(("contact", "a@b.example"))
        ],
        0..3,
    );
    (facts, prop::sample::subsequence(&TITLES[..], 1..4), prop::collection::vec(section, 4)).prop_map(
        |(mut facts, titles, sections)| {
            facts.sort();
            facts.dedup_by_key(|(key, _)| *key);
            let mut ids: Vec<&str> = Vec::new();
            let sections = titles.into_iter().zip(sections).map(|(title, (status, mut entries))| {
                for entry in &mut entries {
                    // An explicit id stands once.
                    entry.id = entry.id.filter(|id| !ids.contains(id));
                    ids.extend(entry.id);
                }
                Section { title, status, entries }
            });
            let sections = sections.collect();
            List { facts, sections }
        },
    )
}

/// How a list is written down.
#[derive(Clone, Copy, Debug)]
enum Order {
    AsItIs,
    Reversed,
    Rotated,
}

fn ordered<T: Clone>(items: &[T], order: Order) -> Vec<T> {
    let mut items = items.to_vec();
    match order {
        Order::AsItIs => {}
        Order::Reversed => items.reverse(),
        Order::Rotated if !items.is_empty() => items.rotate_left(1),
        Order::Rotated => {}
    }
    items
}

/// An object with its members in this order, which serde_json's maps would sort.
fn object(pairs: Vec<(String, String)>) -> String {
    let members = pairs.into_iter().map(|(key, value)| format!("{}:{value}", json!(key)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn array(items: Vec<String>) -> String {
    format!("[{}]", items.join(","))
}

fn written(list: &List, order: Order) -> String {
    let sections = ordered(&list.sections, order).into_iter().map(|section| {
        let entries: Vec<String> = ordered(&section.entries, order)
            .into_iter()
            .map(|entry| {
                let mut pairs = vec![("name".to_owned(), json!(entry.name).to_string())];
                pairs.extend(entry.id.map(|id| ("id".to_owned(), json!(id).to_string())));
                pairs.extend(entry.fields.iter().map(|(key, value)| ((*key).to_owned(), json!(value).to_string())));
                object(ordered(&pairs, order))
            })
            .collect();
        let mut pairs =
            vec![("title".to_owned(), json!(section.title).to_string()), ("entries".to_owned(), array(entries))];
        pairs.extend(section.status.map(|status| ("status".to_owned(), json!(status).to_string())));
        object(pairs)
    });
    let mut pairs: Vec<(String, String)> =
        list.facts.iter().map(|(key, value)| ((*key).to_owned(), json!(value).to_string())).collect();
    pairs.push(("sections".to_owned(), array(sections.collect())));
    object(ordered(&pairs, order))
}

fn parsed(list: &List, order: Order) -> Inventory {
    let text = written(list, order);
    read("list.json", text.as_bytes(), &ReadingConfig::default()).expect("a readable list").inventory
}

fn between(a: &Inventory, b: &Inventory) -> ChangeSet {
    diff(&ListState::listed(a.clone()), &ListState::listed(b.clone()))
}

/// The rows that a change adds or removes.
fn rows_of(change: &Change) -> &[Row] {
    match &change.detail {
        Detail::List { entries } => entries,
        Detail::Row { row, .. } => std::slice::from_ref(row),
        Detail::Field { .. } | Detail::Column { .. } | Detail::Fact { .. } => &[],
    }
}

fn same_list(a: &Inventory, b: &Inventory) -> Result<(), TestCaseError> {
    prop_assert_eq!(list_digest(a), list_digest(b));
    Ok(())
}

fn same_state(a: &ListState, b: &ListState) -> Result<(), TestCaseError> {
    match (a, b) {
        (ListState::Listed(a), ListState::Listed(b)) => same_list(a, b),
        (a, b) => {
            prop_assert_eq!(a, b);
            Ok(())
        }
    }
}

fn state() -> impl Strategy<Value = ListState> {
    let listed = list().prop_map(|list| ListState::listed(parsed(&list, Order::AsItIs)));
    let withdrawn = list().prop_map(|list| ListState::Withdrawn(Arc::new(parsed(&list, Order::AsItIs))));
    prop_oneof![1 => Just(ListState::Unpublished), 1 => withdrawn, 8 => listed]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_between_a_list_and_itself(a in state()) {
        prop_assert_eq!(diff(&a, &a), ChangeSet::default());
    }

    #[test]
    fn applying_the_difference_of_two_states_to_the_first_gives_the_second(a in state(), b in state()) {
        // A published list never becomes unpublished again, and an unpublished one cannot be withdrawn.
        let b = a.after_version(b.into_inventory());
        let set = diff(&a, &b);
        let applied = apply(&a, &set).expect("changes that fit");
        same_state(&applied, &b)?;
        // Applied changes give a list that compares like the one that was read.
        prop_assert_eq!(diff(&applied, &b), ChangeSet::default());
    }

    #[test]
    fn no_two_entries_of_a_version_share_a_label(a in list()) {
        let published = diff(&ListState::Unpublished, &ListState::listed(parsed(&a, Order::AsItIs)));
        let labels: Vec<&str> = published.changes.iter().flat_map(rows_of).map(|row| row.label.as_str()).collect();
        let distinct: BTreeSet<&str> = labels.iter().copied().collect();
        prop_assert_eq!(labels.len(), distinct.len(), "{:?}", labels);
    }

    #[test]
    fn added_and_removed_entries_of_a_release_have_different_labels(a in list(), b in list()) {
        let set = between(&parsed(&a, Order::AsItIs), &parsed(&b, Order::AsItIs));
        for kind in [Kind::Added, Kind::Removed] {
            let of_kind = set.changes.iter().filter(|change| change.kind == kind);
            let labels: Vec<&str> = of_kind.flat_map(rows_of).map(|row| row.label.as_str()).collect();
            let distinct: BTreeSet<&str> = labels.iter().copied().collect();
            prop_assert_eq!(labels.len(), distinct.len(), "{:?}", labels);
        }
    }

    #[test]
    fn changes_fit_no_other_kind_of_state(a in list()) {
        let a = ListState::listed(parsed(&a, Order::AsItIs));
        let published = diff(&ListState::Unpublished, &a);
        prop_assert!(apply(&a.after_version(None), &published).is_err());
        prop_assert!(apply(&a, &published).is_err());
        prop_assert!(apply(&ListState::Unpublished, &diff(&a, &a.after_version(None))).is_err());
    }

    #[test]
    fn a_replayed_list_changes_like_the_list_that_was_read(a in list(), b in list()) {
        let (a, b) = (ListState::listed(parsed(&a, Order::AsItIs)), ListState::listed(parsed(&b, Order::AsItIs)));
        let replayed = apply(&ListState::Unpublished, &diff(&ListState::Unpublished, &a)).expect("changes that fit");
        prop_assert_eq!(diff(&replayed, &b), diff(&a, &b));
    }

    #[test]
    fn order_never_matters(a in list(), b in list()) {
        let (plain_a, plain_b) = (parsed(&a, Order::AsItIs), parsed(&b, Order::AsItIs));
        let set = between(&plain_a, &plain_b);
        for order in [Order::Reversed, Order::Rotated] {
            let (a, b) = (parsed(&a, order), parsed(&b, order));
            same_list(&a, &plain_a)?;
            prop_assert_eq!(between(&plain_a, &a), ChangeSet::default());
            prop_assert_eq!(&between(&a, &b), &set);
            prop_assert_eq!(&between(&plain_a, &b), &set);
        }
    }

    #[test]
    fn layout_never_matters(a in list()) {
        let text = written(&a, Order::AsItIs);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let json = read("list.json", text.as_bytes(), &ReadingConfig::default()).expect("JSON").inventory;
        let yaml = serde_yaml::to_string(&value).expect("YAML");
        let commented = format!("# a comment\n---\n{}\n# another\n", yaml.replace('\n', "\r\n"));
        for text in [&yaml, &commented] {
            let yaml = read("list.yaml", text.as_bytes(), &ReadingConfig::default()).expect("YAML").inventory;
            prop_assert_eq!(between(&json, &yaml), ChangeSet::default());
        }
    }

    #[test]
    fn documents_keep_changes_whole(a in list(), b in list()) {
        let set = between(&parsed(&a, Order::AsItIs), &parsed(&b, Order::AsItIs));
        let value = Json::from_serde(serde_json::to_value(&set.changes).expect("JSON")).expect("a value of the log");
        let changes: Vec<Change> = serde_json::from_value(value.to_serde()).expect("changes");
        prop_assert_eq!(&changes, &set.changes);
        // The canonical bytes are those of another implementation of RFC 8785.
        let bytes = canonical::to_bytes(&value, 16 << 20).expect("canonical bytes");
        prop_assert_eq!(serde_jcs::to_vec(&value.to_serde()).expect("JCS"), bytes);
    }
}

/// Headers that mean the name of an entry. Next to another name they are columns like others.
const NAME_HEADERS: [&str; 9] = [
    "Legal entity", "Entity", "Entity name", "Legal name", "Company", "Vendor name", "Provider", "Supplier",
    "Subprocessor of",
];

#[test]
fn columns_have_one_order_whether_read_or_replayed() {
    for header in NAME_HEADERS.iter().chain(&["Location", "Service", "Notes", "HQ location", "Country", "Zone"]) {
        let head = format!("| Name | {header} | Purpose |\n|---|---|---|\n| Quill | Quill Ltd | Mail |\n");
        let [before, after] = [format!("{head}| Kestrel | Kestrel Inc | Chat |\n"), head].map(|text| {
            ListState::listed(read("list.md", text.as_bytes(), &ReadingConfig::default()).expect("a table").inventory)
        });
        let published = diff(&ListState::Unpublished, &before);
        let replayed = apply(&ListState::Unpublished, &published).expect("changes that fit");
        assert_eq!(diff(&replayed, &after), diff(&before, &after), "{header}");
    }
}
