//! `changecast.yaml`: who publishes which lists where. The only user of `serde_yaml` (the crate yaml_serde).

mod accent;
mod check;
mod error;
mod feeds;
mod guard;
mod profile;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
    str::FromStr,
};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, SeqAccess, Visitor},
};

use changecast_core::{
    lint::Level,
    model::{
        ListId, Role, Terms, Timestamp, WebUrl,
        terms::{BadDuration, Duration, DurationUnit},
    },
    prose::messages::Language,
    serde_as_text,
};

pub use accent::{Accent, Color};
pub use check::{HostsConfig, LastDay, Reason, RuleId, Waiver};
pub use error::{ConfigError, YamlFile};
pub use feeds::FeedConfig;
pub use guard::RemovalShare;
pub use profile::{AppliesTo, Contract, Disabled, Profile};

use error::Next;

/// The content of `changecast.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the keys `publisher`, `base_url` and `lists`")]
pub struct Config {
    /// The company that publishes the lists.
    pub publisher: Publisher,
    /// The address at which the output directory is served.
    pub base_url: WebUrl,
    /// The output directory, relative to the root of the repository.
    #[serde(default = "default_output")]
    pub output: PathBuf,
    /// The language of pages and feeds.
    #[serde(default, skip_serializing_if = "is_default_language")]
    pub language: Language,
    /// How the heads of signed logs are written.
    #[serde(default, skip_serializing_if = "HeadConfig::is_default")]
    pub head: HeadConfig,
    /// The largest share of a list that `publish` removes at once without `--allow-removals`.
    #[serde(default, skip_serializing_if = "RemovalShare::is_default")]
    pub guard: RemovalShare,
    /// The levels of the rules of `check`, where they differ from the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<RuleId, Level>,
    /// The findings of `check` that are accepted for some time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// The code that `check` searches for hosts of vendors.
    #[serde(default, skip_serializing_if = "HostsConfig::is_empty")]
    pub hosts: HostsConfig,
    /// Feeds with some of the changes of each list.
    #[serde(default = "feeds::default_feeds", skip_serializing_if = "feeds::is_default")]
    pub feeds: Vec<FeedConfig>,
    /// The lists to publish, at least one.
    pub lists: Vec<ListConfig>,
}

fn default_output() -> PathBuf {
    PathBuf::from("feeds")
}

/// The company that publishes the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the keys `name`, `url` and `authority`")]
pub struct Publisher {
    /// The name of the company.
    pub name: String,
    /// The web site of the company.
    pub url: WebUrl,
    /// The address for questions about the lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The naming authority of all ids.
    pub authority: Authority,
    /// The colour of links and marks on pages.
    #[serde(default, skip_serializing_if = "Accent::is_default")]
    pub accent: Accent,
    /// The address of an image with the logo of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<WebUrl>,
    /// The address of an icon for tabs of browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favicon: Option<WebUrl>,
}

fn is_default_language(language: &Language) -> bool {
    *language == Language::default()
}

/// The heads of the signed logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the key `fresh_for`")]
pub struct HeadConfig {
    /// How long after its signature a head expires. `publish` or `head` must run more often than that. Without it, heads
    /// do not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for: Option<FreshFor>,
}

impl HeadConfig {
    fn is_default(&self) -> bool {
        *self == HeadConfig::default()
    }

    /// When a head that is signed now expires.
    pub fn expires(&self, now: Timestamp) -> Option<Timestamp> {
        self.fresh_for.and_then(|fresh_for| fresh_for.0.after(now))
    }
}

/// A time after which heads expire: hours, days, weeks or months, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshFor(Duration);

impl FromStr for FreshFor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let duration: Duration = text.parse().map_err(|error: BadDuration| error.to_string())?;
        match duration {
            Duration { count: 0, .. } => Err(format!("{text:?} is too short: a head would expire at once")),
            Duration { unit: DurationUnit::BusinessDays, .. } => {
                Err(format!("{text:?} is not possible here: business days depend on a calendar"))
            }
            duration => Ok(FreshFor(duration)),
        }
    }
}

impl std::fmt::Display for FreshFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The authority of tag URIs (RFC 4151 §2.1): a domain and a date on which it belonged to the publisher.
/// It is part of every id that a feed reader remembers, so it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    domain: String,
    date: String,
}

impl Authority {
    /// The domain, which is also the beginning of a log's origin.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl std::fmt::Display for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.domain, self.date)
    }
}

impl FromStr for Authority {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(',') {
            Some((domain, date)) if is_domain(domain) && is_date(date) => {
                Ok(Authority { domain: domain.to_owned(), date: date.to_owned() })
            }
            _ => Err(format!("{text:?} is not a tag authority: write a domain and a year, such as `example.com,2026`")),
        }
    }
}

/// The longest accepted domain in bytes. The origin of a log consists of it and the id of the list.
const MAX_DOMAIN: usize = 200;

/// Whether a text has the form of a domain in lower case.
fn is_domain(text: &str) -> bool {
    text.len() <= MAX_DOMAIN && text.split('.').all(is_domain_label)
}

fn is_domain_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && label.bytes().all(is_domain_byte)
}

fn is_domain_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Whether a text has the form of a date in a tag URI: `2026`, `2026-07` or `2026-07-01`.
fn is_date(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    matches!(lengths[..], [4] | [4, 2] | [4, 2, 2]) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// An e-mail address. The check only ensures that feeds can contain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address, such as `privacy@example.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_address = text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@') && text.chars().all(is_address_char)
        });
        if is_address { Ok(Email(text.to_owned())) } else { Err(format!("{text:?} is not an e-mail address")) }
    }
}

fn is_address_char(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';' | ':' | '\\')
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Accent, Authority, Email, FreshFor, RemovalShare);

/// A list to publish, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a list with the keys `id`, `title` and `inventory`")]
pub struct ListConfig {
    /// Its id and the name of its output folder. It is part of every id that a feed reader
    /// remembers, so it never changes.
    pub id: ListId,
    /// The title of its pages and feeds.
    pub title: String,
    /// The paths of its inventory in the repository: the present one, then earlier ones.
    pub inventory: Inventory,
    /// The page on which customers find the list, if it is not the published one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<WebUrl>,
    /// The name of the format, if it does not follow from the extension of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The tables and lists that make up the inventory, for a page that has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableConfig>,
    /// The roles of headers, where they differ from the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Role>,
    /// Other pages of the repository about the same vendors, which `check` compares with the list. Without it, those
    /// in the folder of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_check: Option<Vec<String>>,
    /// The notice terms, if the inventory does not state them. They become part of the published list.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clean_terms")]
    pub notice: Option<Terms>,
}

/// Terms with every text on one line, as the log contains them.
fn clean_terms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Terms>, D::Error> {
    let terms = Option::<Terms>::deserialize(deserializer)?;
    terms.map(clean_terms_of).transpose()
}

fn clean_terms_of<E: serde::de::Error>(terms: Terms) -> Result<Terms, E> {
    terms.cleaned().map_err(E::custom)
}

/// A table or list of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with the key `heading`")]
pub struct TableConfig {
    /// The heading above the table.
    pub heading: String,
}

/// Paths of an inventory: one, or several with the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Inventory(pub Vec<String>);

impl<'de> Deserialize<'de> for Inventory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Paths;
        impl<'de> Visitor<'de> for Paths {
            type Value = Inventory;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path, or a list of paths with the newest first")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<Inventory, E> {
                Inventory::new(vec![path.to_owned()]).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Inventory, A::Error> {
                let mut paths = Vec::new();
                while let Some(path) = seq.next_element::<String>()? {
                    paths.push(path);
                }
                Inventory::new(paths).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Paths)
    }
}

impl Inventory {
    /// Takes paths, relative to the root of the repository.
    ///
    /// # Errors
    /// A message for an empty list, or a path that leads out of the repository.
    pub fn new(paths: Vec<String>) -> Result<Self, String> {
        if paths.is_empty() {
            return Err("expected at least one path".to_owned());
        }
        match paths.iter().find(|path| !is_inside(path)) {
            Some(path) => Err(format!("{path:?} is not a path relative to the root of the repository")),
            None => Ok(Inventory(paths)),
        }
    }
}

/// Whether a path is relative and leads to a place in the directory.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Names of files in the output directory, which no list can have.
const RESERVED: [&str; 8] =
    ["calendar.ics", "feed.atom", "feed.json", "feed.rss", "filter.js", "index.html", "llms.txt", "style.css"];

impl Config {
    /// Reads a configuration. `path` is only used in errors.
    ///
    /// # Errors
    /// [`ConfigError`] with the place, for unknown keys, wrong types, values that are not valid, and ids of two lists.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        let config: Config = from_yaml(YamlFile::Config, path, text)?;
        if config.lists.is_empty() {
            return Err(ConfigError::of_key(path, text, "lists", "expected at least one list".to_owned()));
        }
        let problem = |list: &str, at: usize, key: &str, message: String| {
            let message = format!("{list}[{at}].{key}: {message}");
            Err(ConfigError::of_item(path, text, (list, at, key), message))
        };
        let mut ids = BTreeSet::new();
        for (at, list) in config.lists.iter().enumerate() {
            let id = list.id.as_str();
            // File systems and readers may fold case, so that two such ids would share a folder.
            if !ids.insert(id.to_lowercase()) {
                return problem("lists", at, "id", format!("{id:?} is used by two lists"));
            }
            if RESERVED.contains(&id) {
                return problem("lists", at, "id", format!("the output has a file of the name {id:?}"));
            }
            if let Some(Err(error)) = list.notice.as_ref().map(changecast_core::notice::Calendar::of) {
                return problem("lists", at, "notice", error.to_string());
            }
        }
        let mut ids = BTreeSet::new();
        for (at, feed) in config.feeds.iter().enumerate() {
            let id = feed.id.as_str();
            if !ids.insert(id.to_lowercase()) {
                return problem("feeds", at, "id", format!("{id:?} is used by two feeds"));
            }
        }
        Ok(config)
    }

    /// The configuration as YAML, as `init` writes it.
    ///
    /// # Errors
    /// [`ConfigError`] if it cannot be written as YAML.
    pub fn to_yaml(&self) -> Result<String, ConfigError> {
        yaml(self)
    }
}

/// Reads a value from YAML. `path` is only used in errors.
///
/// # Errors
/// [`ConfigError`] with the place.
pub fn from_yaml<T: for<'de> Deserialize<'de>>(file: YamlFile, path: &str, text: &str) -> Result<T, ConfigError> {
    // A byte order mark is not part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_yaml::from_str(text).map_err(|error| ConfigError::of_yaml(file, (path, text), &error))
}

/// A value as YAML.
///
/// # Errors
/// [`ConfigError`] if it cannot be written as YAML.
pub fn yaml<T: Serialize>(value: &T) -> Result<String, ConfigError> {
    serde_yaml::to_string(value).map_err(|error| ConfigError {
        path: "output".to_owned(),
        at: None,
        message: error.to_string(),
        next: Next::Read(YamlFile::Config),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "publisher: {name: A, url: https://a.example/, authority: 'a.example,2026'}\nbase_url: https://a.example/trust\nlists:\n- id: s\n  title: S\n  inventory: s.yaml\n";

    #[test]
    fn a_configuration_survives_the_round_trip() {
        let config = Config::parse("c.yaml", GOOD).unwrap();
        assert_eq!(config.lists[0].inventory.0, ["s.yaml"]);
        assert_eq!(config.publisher.authority.to_string(), "a.example,2026");
        assert_eq!(Config::parse("c.yaml", &config.to_yaml().unwrap()), Ok(config.clone()));
        assert_eq!(Config::parse("c.yaml", &format!("\u{feff}{GOOD}")), Ok(config));
    }

    #[test]
    fn errors_about_an_item_point_at_its_key() {
        let good = "publisher: {name: A, url: https://a.example/, authority: 'a.example,2026'}\nbase_url: https://a.example/trust\n";
        for (lists, place) in [
            (
                "lists:\n- {id: ss, title: S, inventory: a}\n- {id: s, title: S, inventory: a}\n- {id: S, title: S, inventory: sid}\n",
                "6:4",
            ),
            (
                "lists:\n  - title: S\n    inventory: s\n    id: index.html\n  - {id: index.html-2, title: T, inventory: t}\n",
                "6:5",
            ),
            ("lists: [{id: s, title: S, inventory: a}, {id: s, title: S, inventory: a}]\n", "3:43"),
            ("lists: []\n", "3:1"),
        ] {
            let error = Config::parse("c.yaml", &format!("{good}{lists}")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("c.yaml:{place}: ")), "{lists}: {error}");
        }
    }

    #[test]
    fn errors_name_place_key_and_nearest_key() {
        for (from, to, place, says, nearest) in [
            ("  title: S", "  titel: S", "c.yaml:5:3", "lists[0]: unknown field `titel`", Some("title")),
            ("name: A", "nmae: A", "c.yaml:1:13", "publisher: unknown field `nmae`", Some("name")),
            ("base_url: https://a.example/trust", "base_url: /trust", "c.yaml:2", "base_url: ", None),
            ("'a.example,2026'", "a.example", "c.yaml:1", "authority", None),
            ("s.yaml", "../s.yaml", "c.yaml:6", "inventory", None),
            ("s.yaml", "[]", "c.yaml:6", "at least one path", None),
            ("id: s", "id: s/t", "c.yaml:4", "lists[0].id", None),
            (
                "inventory: s.yaml\n",
                "inventory: s.yaml\n- {id: S, title: T, inventory: t.yaml}\n",
                "c.yaml:",
                "two lists",
                None,
            ),
            (
                "inventory: s.yaml",
                "inventory: s.yaml\n  fields: {X: locatoin}",
                "c.yaml:7",
                "locatoin",
                Some("location"),
            ),
            ("lists:", "head: {fresh_for: 5bd}\nlists:", "c.yaml:3", "head.fresh_for: \"5bd\" is not possible", None),
            ("lists:", "head: {fresh_for: 0d}\nlists:", "c.yaml:3", "would expire at once", None),
            ("inventory: s.yaml", "inventory: s.yaml\n  notice: {lead: {added: 30}}", "c.yaml:7", "lead.added", None),
        ] {
            let error = Config::parse("c.yaml", &GOOD.replacen(from, to, 1)).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with(place) && text.contains(says), "{text}");
            let nearest = nearest.map_or_else(String::new, |key| format!("did you mean `{key}`?"));
            assert!(error.help().starts_with(&nearest), "{text}: {}", error.help());
            assert_eq!(error.help().starts_with("did you mean"), !nearest.is_empty(), "{text}");
        }
    }
}
