//! The yardstick of guard.py: fixed work of the kinds that changecast does, with nothing but the
//! standard library. Never change it: recorded ratios are ratios to this.

use std::{collections::BTreeMap, fmt::Write as _, process::ExitCode};

/// A list of entries in text, one field a line, somewhat other in each version.
fn text(version: u64) -> String {
    let mut text = String::new();
    for entry in 0..200_u64 {
        let mark = (entry * 2_654_435_761 + version * u64::from(entry % 50 == version % 50)) % 9_973;
        let _ = writeln!(
            text,
            "id: entry-{entry:04}\nname: Name {mark} GmbH\npurpose: \"Purpose, {mark}\"\nplace: EU / {mark}"
        );
    }
    text
}

/// The entries of a text: trimmed, folded, split.
fn read(text: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let (mut entries, mut id) = (BTreeMap::new(), String::new());
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value: String = value.trim().trim_matches('"').chars().flat_map(char::to_lowercase).collect();
        match key {
            "id" => id = value,
            _ => entries.entry(id.clone()).or_insert_with(Vec::new).push((key.to_owned(), value)),
        }
    }
    entries
}

/// A digest that no compiler can leave out (FNV-1a).
fn digest(bytes: &[u8], start: u64) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn main() -> ExitCode {
    let (mut before, mut hash) = (BTreeMap::new(), 0xcbf2_9ce4_8422_2325);
    for version in 0..40 {
        let after = read(&text(version));
        let mut changed: Vec<_> = after.iter().filter(|(id, fields)| before.get(*id) != Some(*fields)).collect();
        changed.sort_by(|(_, one), (_, other)| one.cmp(other));
        for (id, fields) in changed {
            hash = digest(format!("{id}: {fields:?}").as_bytes(), hash);
        }
        before = after;
    }
    println!("{hash:016x}");
    ExitCode::SUCCESS
}
