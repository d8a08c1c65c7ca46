//! Names that are validated once and then trusted: lists, entries, sections, fields.

use std::{fmt, str::FromStr, sync::Arc};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest id, in bytes: it becomes part of file names and tag URIs.
const MAX_LENGTH: usize = 100;

/// An id that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be an id: use 1 to {MAX_LENGTH} ASCII letters, digits, '-', '_' and '.', beginning with a letter or digit"
)]
pub struct BadId(pub String);

fn is_id(text: &str) -> bool {
    text.len() <= MAX_LENGTH
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes an id as somebody wrote it.
            ///
            /// # Errors
            /// [`BadId`] when the text is empty, too long or contains a character that ids must not contain.
            pub fn new(id: &str) -> Result<Self, BadId> {
                if is_id(id) { Ok($name(id.into())) } else { Err(BadId(id.to_owned())) }
            }

            /// Derives an id from a name: ASCII letters and digits in lower case, joined by `-`.
            pub fn from_name(name: &str) -> Self {
                $name(slug(name).into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(id: &str) -> Result<Self, BadId> {
                $name::new(id)
            }
        }

        crate::serde_as_str!($name);
    };
}

id! {
    /// Id of a list of the configuration; also the name of its output folder.
    ListId
}
id! {
    /// Id of an entry: explicit, or derived from its name.
    EntryId
}
id! {
    /// Id of a section: explicit, or derived from its title.
    SectionId
}
id! {
    /// Key of a field: the key of its role, or derived from its label.
    FieldKey
}

impl EntryId {
    /// The id of one of several entries of the same name: `aws--frankfurt`.
    pub fn distinguished_by(&self, detail: &str) -> Self {
        let detail = slug(detail);
        let room = MAX_LENGTH - detail.len() - 2;
        EntryId(format!("{}--{detail}", &self.0[..room.min(self.0.len())]).into())
    }

    /// The id of one of several entries with the same name that differ only in their other fields.
    pub fn distinguished_by_all<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Self {
        self.distinguished_by(&format!("{:016x}", hash(texts.flat_map(|text| text.bytes().chain([0])))))
    }
}

impl FieldKey {
    /// The key of the `n`th of several columns of the same label.
    pub fn numbered(&self, n: usize) -> Self {
        let n = n.to_string();
        let room = MAX_LENGTH - n.len() - 1;
        FieldKey(format!("{}-{n}", &self.0[..room.min(self.0.len())]).into())
    }
}

/// FNV-1a, 64 bits: short and stable. Security does not depend on its strength.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Longest slug, in bytes: two of them fit into one id.
const MAX_SLUG: usize = 49;

/// ASCII letters and digits of `text` in lower case, everything else one `-`. A name without any
/// (such as one in another script) gives its UTF-8 bytes in hexadecimal, so that two such names differ.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if c != '\'' && c != '\u{2019}' && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let foreign = text.chars().filter(|c| c.is_alphanumeric()).count() > 2 * out.len().max(1);
    if out.is_empty() || foreign {
        out = text.bytes().take(MAX_LENGTH / 2 - 1).fold("x".to_owned(), |s, b| s + &format!("{b:02x}"));
    }
    if out.len() > MAX_SLUG {
        // Long names that begin alike stay apart.
        out.truncate(MAX_SLUG - 9);
        out = format!("{}-{:08x}", out.trim_end_matches('-'), hash(text.bytes()) as u32);
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_derived_and_validated() {
        for (name, id) in [
            ("Amazon Web Services (AWS)", "amazon-web-services-aws"),
            ("Let's Encrypt", "lets-encrypt"),
            ("Sendinblue — Français", "sendinblue-francais"),
            ("用途", "xe794a8e98094"),
            ("!", "x21"),
        ] {
            assert_eq!(EntryId::from_name(name).as_str(), id);
            assert!(EntryId::new(id).is_ok());
        }
        for bad in ["", "-a", "a b", "a/b", "é", &"a".repeat(101)] {
            assert!(EntryId::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(EntryId::from_name("AWS").distinguished_by("Frankfurt (FRA1)").as_str(), "aws--frankfurt-fra1");
    }
}
