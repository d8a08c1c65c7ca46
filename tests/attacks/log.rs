//! What attackers do to the files of a log.

use changecast_core::{
    ledger::{self, Digest, Json, canonical},
    sign::{Namespace, Signer},
};

use super::Files;
use crate::support::key;

pub const LAST: &str = "log/000005.json";
pub const BODY: &str = "log/000005.body.json";
pub const NEXT: &str = "log/000006.json";
pub const HEAD: &str = "head/000003.json";

/// A log that is attacked.
pub struct Log(pub Files);

impl Log {
    pub fn flip(&mut self, path: &str) {
        let bytes = self.0.get_mut(path).expect(path);
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
    }

    pub fn remove(&mut self, path: &str) {
        self.0.remove(path).expect(path);
    }

    pub fn cut(&mut self, path: &str, length: usize) {
        self.0.get_mut(path).expect(path).truncate(length);
    }

    pub fn copy(&mut self, from: &str, to: &str) {
        let bytes = self.0[from].clone();
        self.0.insert(to.to_owned(), bytes);
    }

    pub fn swap(&mut self, one: &str, other: &str) {
        let (a, b) = (self.0[one].clone(), self.0[other].clone());
        self.0.insert(one.to_owned(), b);
        self.0.insert(other.to_owned(), a);
    }

    pub fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.to_owned(), bytes.into());
    }

    pub fn replace(&mut self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.0[path].clone()).expect(path);
        assert!(text.contains(from), "{from} is not in {path}: {text}");
        self.put(path, text.replacen(from, to, 1));
    }

    /// Takes the files of another log in these folders.
    pub fn take(&mut self, other: &Files, folders: &[&str]) {
        let belongs = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
        self.0.retain(|path, _| !belongs(path));
        self.0
            .extend(other.iter().filter(|(path, _)| belongs(path)).map(|(path, bytes)| (path.clone(), bytes.clone())));
    }

    pub fn json(&self, path: &str) -> Json {
        canonical::from_bytes(&self.0[path], usize::MAX).expect(path)
    }

    /// Signs bytes under a path.
    pub fn sign(&mut self, path: &str, bytes: Vec<u8>, signer: &str, namespace: Namespace) {
        let signature = Signer::Secret(key(signer)).sign(namespace, &bytes).expect("a signature");
        self.put(&format!("{path}.sig"), signature);
        self.put(path, bytes);
    }

    /// Changes the members of a document and signs it again.
    pub fn edit(&mut self, path: &str, signer: &str, namespace: Namespace, change: impl FnOnce(&mut Members)) {
        let Json::Object(mut members) = self.json(path) else { panic!("{path}") };
        change(&mut members);
        let bytes = canonical::to_bytes(&Json::Object(members), usize::MAX).expect("canonical JSON");
        self.sign(path, bytes, signer, namespace);
    }

    /// Changes the last header with the release key, and seals the log.
    pub fn release(&mut self, change: impl FnOnce(&mut Members)) {
        self.edit(LAST, "release", Namespace::Release, change);
        self.seal();
    }

    /// Changes the last body with the release key, and the header and head that lead to it.
    pub fn body(&mut self, change: impl FnOnce(&mut Members)) {
        let Json::Object(mut members) = self.json(BODY) else { panic!("a body") };
        change(&mut members);
        let bytes = canonical::to_bytes(&Json::Object(members), usize::MAX).expect("canonical JSON");
        let pointer = [
            ("sha256".to_owned(), text(&Digest::of(&bytes).to_string())),
            ("size".to_owned(), Json::from(bytes.len() as u64)),
        ];
        self.put(BODY, bytes);
        self.release(|header| _ = header.insert("body".to_owned(), Json::Object(pointer.into())));
    }

    /// Lets the last head cover the last header as it is now.
    pub fn seal(&mut self) {
        let digest = Digest::of(&self.0[LAST]).to_string();
        self.head(|head| {
            if let Some(Json::Object(covers)) = head.get_mut("covers") {
                covers.insert("sha256".to_owned(), text(&digest));
            }
        });
    }

    /// Changes the last head with the release key.
    pub fn head(&mut self, change: impl FnOnce(&mut Members)) {
        self.edit(HEAD, "release", Namespace::Head, change);
    }

    /// Appends a `keys` release with the first keys.
    pub fn append_keys(&mut self, signer: &str, namespace: Namespace, change: impl FnOnce(&mut Members)) {
        let Json::Object(first) = self.json("log/000000.json") else { panic!("a header") };
        self.append(signer, namespace, |header| {
            header.insert("kind".to_owned(), text("keys"));
            header.insert("roles".to_owned(), first["roles"].clone());
            change(header);
        });
    }

    /// Appends a release of this kind behind the last one, and a head that covers it.
    pub fn append(&mut self, signer: &str, namespace: Namespace, change: impl FnOnce(&mut Members)) {
        let prev = Digest::of(&self.0[LAST]).to_string();
        self.copy(LAST, NEXT);
        self.edit(NEXT, signer, namespace, |header| {
            header.insert("seq".to_owned(), Json::from(6));
            header.insert("prev".to_owned(), text(&prev));
            header.remove("body");
            change(header);
        });
        let (prev, digest) = (Digest::of(&self.0[HEAD]).to_string(), Digest::of(&self.0[NEXT]).to_string());
        self.copy(HEAD, "head/000004.json");
        self.edit("head/000004.json", "release", Namespace::Head, |head| {
            head.insert("number".to_owned(), Json::from(4));
            head.insert("prev".to_owned(), text(&prev));
            head.remove("periods");
            head.insert(
                "covers".to_owned(),
                Json::Object([("seq".to_owned(), Json::from(6)), ("sha256".to_owned(), text(&digest))].into()),
            );
        });
        self.replace("index.json", "\"head\":3", "\"head\":4");
        self.replace("index.json", "\"release\":5", "\"release\":6");
        self.replace("list.json", "\"seq\":5", "\"seq\":6");
    }
}

/// The members of a document.
pub type Members = ledger::json::Members;

/// A text as JSON.
pub fn text(text: &str) -> Json {
    Json::from(text)
}
