//! `feeds:` of the configuration: feeds with some of the changes of a list.

use changecast_core::{
    change::{Kind, Level},
    model::ListId,
};
use serde::{Deserialize, Serialize};

/// A feed with the releases that contain a change of these kinds, levels, sections, scopes or vendors. A criterion that
/// is not stated excludes nothing; a change must meet all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// The end of its file name: `feed-<id>.atom`.
    pub id: ListId,
    /// The kinds of changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// The level of changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The titles of sections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<String>,
    /// The scopes of entries, such as a product. A change that does not show the scope of its entry meets this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The names or ids of entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<String>,
}

/// The feeds without a configuration: one with the changes that customers could object to.
pub(super) fn default_feeds() -> Vec<FeedConfig> {
    let notice = ListId::new("notice").into_iter();
    notice
        .map(|id| FeedConfig {
            id,
            kinds: Vec::new(),
            level: Some(Level::Notice),
            sections: Vec::new(),
            scopes: Vec::new(),
            vendors: Vec::new(),
        })
        .collect()
}

pub(super) fn is_default(feeds: &[FeedConfig]) -> bool {
    feeds == default_feeds()
}
