//! `feeds:` of the configuration: feeds with some of the changes of a list.

use changecast_core::{
    change::{Kind, Level},
    model::ListId,
};
use serde::{Deserialize, Serialize};

use crate::filter::{Filter, Phrase, Region};

/// A feed with the releases that contain a change which meets the criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FeedDocument", into = "FeedDocument")]
pub struct FeedConfig {
    /// The end of its file name: `feed-<id>.atom`.
    pub id: ListId,
    /// The criteria.
    pub filter: Filter,
}

/// A [`FeedConfig`] as a map: serde cannot combine `flatten` with `deny_unknown_fields`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a feed with the key `id` and what it contains")]
struct FeedDocument {
    id: ListId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sections: Vec<Phrase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<Phrase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    vendors: Vec<Phrase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<Region>,
}

impl From<FeedDocument> for FeedConfig {
    fn from(document: FeedDocument) -> Self {
        let FeedDocument { id, kinds, level, sections, scopes, vendors, regions } = document;
        FeedConfig { id, filter: Filter { kinds, level, sections, scopes, vendors, regions } }
    }
}

impl From<FeedConfig> for FeedDocument {
    fn from(feed: FeedConfig) -> Self {
        let FeedConfig { id, filter: Filter { kinds, level, sections, scopes, vendors, regions } } = feed;
        FeedDocument { id, kinds, level, sections, scopes, vendors, regions }
    }
}

/// The feeds without a configuration: one with the changes that customers could object to.
pub(super) fn default_feeds() -> Vec<FeedConfig> {
    let filter = Filter { level: Some(Level::Notice), ..Filter::default() };
    ListId::new("notice").into_iter().map(|id| FeedConfig { id, filter: filter.clone() }).collect()
}

pub(super) fn is_default(feeds: &[FeedConfig]) -> bool {
    feeds == default_feeds()
}
