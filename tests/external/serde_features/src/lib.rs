//! The log is read and written the same way whatever features another crate enables in `serde_json`.
//!
//! `cargo test --manifest-path tests/external/serde_features/Cargo.toml`

#![cfg(test)]

use std::{collections::BTreeMap, fs, path::PathBuf};

use changecast_core::{
    ledger::{Fetch, FetchError, Json, Pin, canonical, verify},
    sign::PublicKey,
};

struct Files(BTreeMap<String, Vec<u8>>);

impl Fetch for Files {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.0.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        let names = self.0.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned));
        Ok(Some(names.collect()))
    }
}

#[test]
fn the_features_are_on() {
    assert_eq!(serde_json::json!({"b": 1, "a": 2}).to_string(), r#"{"b":1,"a":2}"#);
}

#[test]
fn the_order_of_members_is_that_of_the_keys() {
    let value = Json::from_serde(serde_json::json!({"b": 1, "a": {"d": [2], "c": "x"}})).unwrap();
    let bytes = canonical::to_bytes(&value, canonical::MAX_BODY).unwrap();
    assert_eq!(bytes, br#"{"a":{"c":"x","d":[2]},"b":1}"#);
    assert!(canonical::from_bytes(br#"{"b":1,"a":2}"#, canonical::MAX_BODY).is_err());
}

#[test]
fn every_test_vector_has_the_expected_verdict() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let files = vector["files"].as_object().unwrap().iter();
        let files = files.map(|(path, text)| (path.clone(), text.as_str().unwrap().as_bytes().to_vec())).collect();
        let root = PublicKey::parse("root", vector["root"].as_str().unwrap()).unwrap();
        let origin = Some(vector["origin"].as_str().unwrap().parse().unwrap());
        let now = vector["now"].as_str().unwrap().parse().unwrap();
        let result = verify(&Files(files), &Pin { root, origin }).and_then(|verified| verified.check_fresh(now));
        let status = result.map_or_else(|error| error.status(), |()| 0);
        assert_eq!(u64::from(status), vector["status"].as_u64().unwrap(), "{}", path.display());
    }
}
