//! Laws over random lists and values.

use changecast_core::{
    ledger::{Json, Tip, canonical, open, patch},
    model::Inventory,
};
use proptest::{prelude::*, sample::select};

use crate::support::{Log, inventory, pin};

/// Values that documents can contain.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::Bool),
        (0..=canonical::MAX_INTEGER).prop_map(Json::Integer),
        "[^\\x00-\\x1f\\x7f-\\x9f]{0,6}".prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::btree_map("[a-d]{0,2}", inner, 0..4).prop_map(Json::Object),
        ]
    })
}

const NAMES: [&str; 7] = ["Nordhaven", "Kestrel", "Oakline", "Quill B.V.", "Quill GmbH", "用途", "Sülz"];

fn list() -> impl Strategy<Value = Inventory> {
    let row = (
        select(
            &["Hosting", "Mail", "MAIL", "see [DPA](https://a.example)", "see [DPA](/b)", "[x](y", "a [^1] \\[", ""][..],
        ),
        select(&["Finland", "EU, United States", "USA/EU", ""][..]),
    );
    prop::collection::btree_map(select(&NAMES[..]), row, 0..6).prop_map(|rows| {
        let rows: Vec<_> = rows.into_iter().map(|(name, (purpose, location))| (name, purpose, location)).collect();
        inventory(&rows)
    })
}

proptest! {
    #[test]
    fn documents_are_read_as_they_are_written(value in json()) {
        let bytes = canonical::to_bytes(&value, canonical::MAX_BODY).unwrap();
        prop_assert_eq!(canonical::from_bytes(&bytes, canonical::MAX_BODY), Ok(value.clone()));
        // Another implementation reads the same value.
        let other: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(Json::from_serde(other), Ok(value));
    }

    #[test]
    fn only_the_written_bytes_are_read(value in json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = canonical::to_bytes(&value, canonical::MAX_BODY).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = canonical::from_bytes(&bytes, canonical::MAX_BODY) {
            prop_assert_eq!(canonical::to_bytes(&read, canonical::MAX_BODY).unwrap(), bytes);
        }
    }

    #[test]
    fn a_patch_leads_from_one_value_to_the_other(before in json(), after in json()) {
        let made = patch::make(&before, &after);
        prop_assert_eq!(patch::apply(Some(&before), &made), after);
    }

    #[test]
    fn a_patch_of_equal_objects_is_empty(value in prop::collection::btree_map("[a-d]{0,2}", json(), 0..4)) {
        let value = Json::Object(value);
        prop_assert_eq!(patch::make(&value, &value), Json::Object(Default::default()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_history_verifies_and_leads_to_its_last_list(
        versions in prop::collection::vec(prop::option::weighted(0.9, list()), 1..6),
    ) {
        let mut log = Log::new();
        let mut listed = false;
        for version in versions {
            // A list that is not published cannot be withdrawn.
            if version.is_none() && !listed {
                continue;
            }
            listed = version.is_some();
            let state = log.state.after_version(version.clone());
            let (difference, list) = log.step(&state);
            if list.as_ref().map(|list| list.state()) == log.tip.list.as_ref().map(|list| list.state()) {
                prop_assert!(difference.changes.is_empty(), "{:?}", difference.changes);
                continue;
            }
            log.publish(version);
        }
        log.head();
        let verified = log.files.verify();
        prop_assert!(verified.is_ok(), "{}", verified.unwrap_err());
        let verified = verified.unwrap();
        prop_assert_eq!(verified.list.known(), log.tip.list.as_ref());
        let tip = Tip::of(&verified).unwrap();
        prop_assert_eq!(tip, log.tip);
        prop_assert!(open(&log.files, &pin()).is_ok());
    }
}
