//! Logs in memory, signed with fixed keys.

use std::{collections::BTreeMap, sync::Arc};

use changecast_core::{
    change::{ChangeSet, diff},
    ledger::{
        Difference, Digest, Draft, Encoder, Fetch, FetchError, File, Head, Ids, IndexFile, Json, KeysRelease, ListFile,
        NextHead, Origin, Pin, Reader, Roles, Salts, Source, Tip, Verified, VerifyError, layout::Path, verify,
    },
    model::{
        Cell, Column, Entry, EntryId, Fact, FieldKey, Hints, Inventory, ListState, RichText, Role, Section, SectionId,
        Timestamp,
    },
    sign::{Secret, Signer},
};

pub const ORIGIN: &str = "fernhill.example/subprocessors";

/// A key of a fixed seed.
pub fn key(seed: u8) -> Signer {
    Signer::Secret(Secret::from_seed(&[seed; 32], "test"))
}

pub const ROOT: u8 = 1;
pub const SECOND_ROOT: u8 = 2;
pub const RELEASE: u8 = 3;
pub const HEAD: u8 = 4;

pub fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

pub fn pin() -> Pin {
    Pin { root: key(ROOT).public(), origin: Some(origin()) }
}

/// Published files by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Fetch for Files {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.0.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        let names = self.0.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned));
        Ok(Some(names.collect()))
    }
}

impl Files {
    pub fn verify(&self) -> Result<Verified, VerifyError> {
        verify(self, &pin())
    }

    /// The status of `verify`: 0 for a verified log.
    pub fn status(&self) -> u8 {
        self.verify().map_or_else(|error| error.status(), |_| 0)
    }

    pub fn text(&self, path: Path) -> String {
        String::from_utf8(self.0[&path.to_string()].clone()).unwrap()
    }

    pub fn put(&mut self, files: Vec<File>) {
        self.0.extend(files.into_iter().map(|file| (file.path.to_string(), file.bytes)));
    }
}

/// A log that is being published.
pub struct Log {
    pub files: Files,
    pub tip: Tip,
    pub salts: Salts,
    pub release_key: u8,
    pub head_key: u8,
    pub head: Option<(Head, Digest)>,
    pub state: ListState,
    encoder: Encoder,
    now: i64,
}

/// Roles with these keys for releases and heads.
pub fn roles(release: u8, head: u8) -> Roles {
    Roles::new(&[key(ROOT).public(), key(SECOND_ROOT).public()], &[key(release).public()], &[key(head).public()])
}

pub fn keys_release(release: u8, head: u8) -> KeysRelease {
    KeysRelease {
        roles: roles(release, head),
        authority: Some("fernhill.example,2024".parse().unwrap()),
        predecessor: None,
        disowned: Vec::new(),
        last_head: None,
    }
}

pub fn source(seq: u64) -> Source {
    Source {
        commit: format!("{seq:040x}").parse().unwrap(),
        committed: format!("{} +0200", 1_700_000_000 + seq * 86_400),
        path: "subprocessors.yaml".into(),
        reader: Reader { name: "changecast".into(), edition: 1 },
    }
}

impl Log {
    /// A log that contains its keys.
    pub fn new() -> Self {
        Log::of(origin())
    }

    /// A log of this name that contains its keys.
    pub fn of(origin: Origin) -> Self {
        let mut log = Log {
            files: Files::default(),
            tip: Tip::empty(origin.clone()),
            salts: Salts::derive(&key(RELEASE), &origin).unwrap(),
            release_key: RELEASE,
            head_key: HEAD,
            head: None,
            state: ListState::Unpublished,
            encoder: Encoder::default(),
            now: 1_710_000_000,
        };
        let keys = log.tip.keys(keys_release(RELEASE, HEAD)).unwrap();
        log.put(keys);
        log
    }

    /// Signs a release with the current key and adds it.
    pub fn put(&mut self, draft: Draft) {
        let signer = if draft.header.kind.is_signed_by_root() { key(ROOT) } else { key(self.release_key) };
        self.files.put(draft.sign(&signer).unwrap());
    }

    /// Publishes a version of the list; `None` withdraws it.
    pub fn publish(&mut self, inventory: Option<Inventory>) {
        let after = self.state.after_version(inventory);
        let (difference, list) = self.step(&after);
        let draft = self.tip.changes(difference, list, &self.salts).unwrap();
        self.put(draft);
        self.state = after;
    }

    /// The difference from the last version, and the list after it.
    pub fn step(&mut self, after: &ListState) -> (Difference, Option<changecast_core::ledger::List>) {
        let changes = diff(&self.state, after);
        let (seq, before) = (self.tip.next, self.tip.list.clone());
        let list = after.inventory();
        let list = list.map(|list| self.encoder.encode(list, before.as_ref(), &self.salts, seq).unwrap());
        (difference(&changes, seq), list)
    }

    /// Writes a head that covers all releases, a day after the last one.
    pub fn head(&mut self) {
        self.head_with(Vec::new(), None);
    }

    pub fn head_with(&mut self, periods: Vec<changecast_core::ledger::Period>, expires: Option<Timestamp>) {
        self.now += 86_400;
        let next = NextHead {
            covers: self.tip.pointer().unwrap(),
            at: Timestamp::from_unix_clamped(self.now),
            expires,
            periods,
            statements: Vec::new(),
        };
        let last = self.head.as_ref().map(|(head, digest)| (head, *digest));
        let (head, files) = next.sign(&self.tip.origin, last, &key(self.head_key)).unwrap();
        let digest = Digest::of(&head.to_bytes().unwrap());
        self.files.put(files);
        self.head = Some((head, digest));
        self.unsigned();
    }

    /// Writes `list.json` and `index.json`.
    pub fn unsigned(&mut self) {
        let (head, _) = self.head.as_ref().unwrap();
        let origin = self.tip.origin.clone();
        let list = ListFile { origin: origin.clone(), seq: self.tip.next - 1, list: self.tip.list.clone() };
        let index = IndexFile { origin, head: head.number, release: head.covers.seq };
        self.files.put(vec![
            File { path: Path::List, bytes: list.to_bytes().unwrap() },
            File { path: Path::Index, bytes: index.to_bytes().unwrap() },
        ]);
    }
}

/// What the publisher makes of a change set.
pub fn difference(changes: &ChangeSet, seq: u64) -> Difference {
    let objects = changes.changes.iter().map(|change| Json::from_serde(serde_json::to_value(change).unwrap()).unwrap());
    let ids = &changes.unannounced;
    Difference {
        source: source(seq),
        reading: None,
        changes: objects.collect(),
        ids: Ids {
            entries: ids.entry_ids.iter().map(|pair| (pair.from.to_string(), pair.to.to_string())).collect(),
            sections: ids.section_ids.iter().map(|pair| (pair.from.to_string(), pair.to.to_string())).collect(),
            fields: ids.column_keys.iter().map(|pair| (pair.from.to_string(), pair.to.to_string())).collect(),
        },
    }
}

/// A list of one section: each entry has a name, a purpose and a location.
pub fn inventory(rows: &[(&str, &str, &str)]) -> Inventory {
    let column = |key: &str, role| Column { field: FieldKey::new(key).unwrap(), label: key.into(), role };
    let section =
        Section { id: SectionId::from_name("Infrastructure"), title: "Infrastructure".into(), note: "".into() };
    let entries = rows.iter().map(|(name, purpose, location)| {
        let cells = [("purpose", purpose), ("location", location)].into_iter().filter(|(_, text)| !text.is_empty());
        Arc::new(Entry {
            id: EntryId::from_name(name),
            name: (*name).into(),
            section: section.id.clone(),
            cells: cells
                .map(|(key, text)| Cell {
                    field: FieldKey::new(key).unwrap(),
                    text: RichText::from_inline_markdown(text),
                })
                .collect(),
            hints: Hints::default(),
        })
    });
    Inventory {
        facts: vec![Fact {
            field: FieldKey::new("title").unwrap(),
            label: "Title".into(),
            text: "Sub-processors".into(),
        }],
        columns: vec![column("purpose", Role::Purpose), column("location", Role::Location)],
        entries: entries.collect(),
        sections: vec![section.clone()],
        ..Inventory::default()
    }
}

/// A log of five releases: keys, the list, an addition, a relocation with a removal, a withdrawal.
pub fn five_releases() -> Log {
    five_releases_of(origin())
}

/// The same releases under another name.
pub fn five_releases_of(origin: Origin) -> Log {
    let mut log = Log::of(origin);
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")])));
    log.head();
    log.publish(Some(inventory(&[
        ("Nordhaven", "Hosting", "Finland"),
        ("Kestrel", "Mail", "United States"),
        ("Oakline", "Backup", "Germany"),
    ])));
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway"), ("Oakline", "Backup", "Germany")])));
    log.head();
    log.publish(None);
    log.head();
    log
}
