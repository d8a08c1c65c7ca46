//! The configuration of reading: what a publisher states about the files of a list.

use std::collections::BTreeMap;

use changecast_core::{
    model::{Role, Terms, fold},
    vocabulary::{Fitness, HeaderRole, Vocabulary, readable},
};
use serde::{Deserialize, Serialize};

/// How the files of a list are read, where the defaults do not fit.
///
/// The result of reading is a function of the files and of this configuration, so a signed release can
/// state it in full. The serialized form leaves out everything that is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingConfig {
    /// The name of the format. Without one, the extension of the file decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The headings of the tables and lists that make up the inventory, for a page that has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// The roles of headers and keys that mean something unusual in this list, by header.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Role>,
    /// The notice terms, if the files of the list do not state any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Terms>,
    /// The words by which headers, keys and pages are understood. They belong to the edition of the
    /// program and not to the configuration of a publisher, so they are not serialized.
    #[serde(skip)]
    pub vocabulary: Vocabulary,
}

impl ReadingConfig {
    /// The role of a header, and how well the header fits it.
    pub(crate) fn header(&self, label: &str) -> HeaderRole {
        // The keys of data are looked up as they are shown.
        let configured = self
            .fields
            .iter()
            .find(|(header, _)| fold(header) == fold(label) || fold(&readable(header)) == fold(&readable(label)));
        match configured {
            Some((_, role)) => HeaderRole { role: *role, fitness: Fitness::CONFIGURED },
            None => self.vocabulary.header(label),
        }
    }

    /// The role of a header: [`Role::Other`] if it is not known.
    pub(crate) fn role(&self, label: &str) -> Role {
        self.header(label).role
    }
}
