//! Where in its life an entry stands: a known state, with the words around it kept.

use crate::model::text::fold;

/// The states that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifecycle {
    /// Intended, not engaged yet.
    Planned,
    /// Engaged today.
    Active,
    /// Engaged under a condition.
    Conditional,
    /// Engaged where the customer chooses it.
    Optional,
    /// Integrated, not engaged.
    Available,
    /// Engaged before, at rest now.
    Suspended,
    /// No longer engaged.
    Ended,
}

/// The table of states: name, and the words that begin a status of this state.
pub const STATES: [(Lifecycle, &str, &[&str]); 7] = [
    (Lifecycle::Planned, "planned", &["planned", "upcoming", "announced", "proposed", "future", "decided", "pending"]),
    (Lifecycle::Active, "active", &["active", "in use", "engaged", "live", "current", "currently in use"]),
    (Lifecycle::Conditional, "conditional", &["conditional"]),
    (Lifecycle::Optional, "optional", &["optional", "opt-in"]),
    (Lifecycle::Available, "available", &["available", "not engaged", "integrated", "not enabled"]),
    (Lifecycle::Suspended, "suspended", &["suspended", "paused", "on hold"]),
    (
        Lifecycle::Ended,
        "ended",
        &[
            "ended", "retired", "discontinued", "decommissioned", "terminated", "former", "formerly", "previous",
            "previously", "past", "removed", "recently removed", "no longer", "offboarded", "inactive",
        ],
    ),
];

/// A status text, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The state, when the text begins with a word for one.
    pub lifecycle: Option<Lifecycle>,
    /// The folded words around it; the whole text when no state is known.
    pub qualifier: String,
}

impl Status {
    /// Reads a status text: "Active (tenant-enabled)", "Available but not enabled by default".
    pub fn read(text: &str) -> Self {
        let folded = fold(text);
        for (lifecycle, _, words) in STATES {
            for word in words {
                let Some(rest) = folded.strip_prefix(word) else { continue };
                if rest.is_empty() || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-') {
                    let qualifier = rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
                    return Status { lifecycle: Some(lifecycle), qualifier };
                }
            }
        }
        Status { lifecycle: None, qualifier: folded }
    }

    /// Whether the vendor is engaged without further choice.
    pub fn is_active(&self) -> bool {
        self.lifecycle == Some(Lifecycle::Active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_keep_the_words_around_them() {
        for (text, lifecycle, qualifier) in [
            ("Active", Some(Lifecycle::Active), ""),
            ("Active (tenant-enabled)", Some(Lifecycle::Active), "tenant-enabled"),
            ("Optional (one or the other)", Some(Lifecycle::Optional), "one or the other"),
            ("Available but not enabled by default", Some(Lifecycle::Available), "but not enabled by default"),
            ("Planned 2027", Some(Lifecycle::Planned), "2027"),
            ("Under evaluation", None, "under evaluation"),
            ("Activewear", None, "activewear"),
        ] {
            assert_eq!(Status::read(text), Status { lifecycle, qualifier: qualifier.to_owned() }, "{text}");
        }
        assert_eq!(Status::read("in use"), Status::read("ACTIVE"));
    }
}
