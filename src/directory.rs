//! `/.well-known/changecast.json`: the logs of a domain, and the root key that signed the first release of each.
//!
//! The domain of an origin serves it (RFC 8615), wherever the logs are served. A follower looks there once, before it pins a key.

use changecast_core::{ledger::Origin, sign::PublicKey};
use serde::{Deserialize, Serialize};

/// The path of the file on the server, without the first slash; also its path in the output directory.
pub const PATH: &str = ".well-known/changecast.json";

const FORMAT: &str = "changecast-directory/1";

/// The content of the file. Members of later versions are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    format: String,
    /// The name of the publisher.
    pub publisher: String,
    /// The logs.
    pub lists: Vec<Listed>,
}

/// A log of the domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The name of the log.
    pub origin: String,
    /// The title of the list.
    pub title: String,
    /// The address of the folder of the list.
    pub log: String,
    /// The key that signed release 0, as a line of OpenSSH without comment.
    pub root: String,
    /// The fingerprint of this key, for people.
    pub fingerprint: String,
    /// The addresses of the feeds.
    pub feeds: Feeds,
}

/// The addresses of the feeds of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feeds {
    /// Atom (RFC 4287).
    pub atom: String,
    /// RSS 2.0.
    pub rss: String,
    /// JSON Feed 1.1.
    pub json: String,
    /// iCalendar (RFC 5545).
    pub calendar: String,
}

impl Listed {
    /// A log that is served in this folder, whose address ends with `/`.
    pub fn new(origin: &Origin, title: &str, folder: &str, root: &PublicKey) -> Self {
        let feeds = Feeds {
            atom: format!("{folder}feed.atom"),
            rss: format!("{folder}feed.rss"),
            json: format!("{folder}feed.json"),
            calendar: format!("{folder}calendar.ics"),
        };
        Listed {
            origin: origin.to_string(),
            title: title.to_owned(),
            log: folder.to_owned(),
            root: root.to_string(),
            fingerprint: root.fingerprint(),
            feeds,
        }
    }
}

impl Directory {
    /// The directory of a publisher.
    pub fn new(publisher: &str, lists: Vec<Listed>) -> Self {
        Directory { format: FORMAT.to_owned(), publisher: publisher.to_owned(), lists }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// An error of serde, which this content never causes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The root key that a directory names for a log; `None` for bytes that are not a directory of this format, and for a log that
/// it does not name exactly once.
pub fn root_of(bytes: &[u8], origin: &Origin) -> Option<PublicKey> {
    let directory: Directory = serde_json::from_slice(bytes).ok()?;
    let mut named = directory.lists.iter().filter(|listed| listed.origin == origin.as_str());
    let (only, None) = (named.next()?, named.next()) else { return None };
    PublicKey::parse("root", &only.root).ok().filter(|_| directory.format == FORMAT)
}
