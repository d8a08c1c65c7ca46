//! What customers learn about a list that was read again.
//!
//! A new edition of the program, or another configuration, can read a published version differently. That
//! is not a change of the list and begins no notice period, so it is never presented as one.

use crate::{
    change::{Change, Detail, Edit, Kind},
    model::{FieldKey, Text},
};

use super::{messages::ENGLISH, names_in_words};

/// Why a published version was read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The edition of the program is newer.
    Edition,
    /// The configuration of reading differs.
    Configuration,
    /// Both the edition and the configuration differ.
    EditionAndConfiguration,
    /// A stolen key signed the releases before, and the publisher disowned them.
    Disowned,
}

impl Cause {
    /// The name of the cause, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Edition => "edition",
            Cause::Configuration => "configuration",
            Cause::EditionAndConfiguration => "edition-and-configuration",
            Cause::Disowned => "disowned",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Cause::Edition => "by a newer edition",
            Cause::Configuration => "with another configuration",
            Cause::EditionAndConfiguration => "by a newer edition and with another configuration",
            Cause::Disowned => "after a stolen key signed releases that are not the publisher's",
        }
    }
}

/// The announcement in place of the differences that a second reading makes. `None` if they concern neither
/// entries nor their values.
pub fn announcement(cause: Cause, differences: &[Change]) -> Option<Change> {
    let mut names: Vec<String> = Vec::new();
    let mut affects_values = false;
    for change in differences {
        match &change.detail {
            Detail::List { entries } => names.extend(entries.iter().map(|row| row.label.to_string())),
            Detail::Column { cells, .. } => names.extend(cells.iter().map(|cell| cell.label.to_string())),
            Detail::Row { .. } | Detail::Field { .. } => {
                names.extend(change.entry().map(|entry| entry.label.to_string()));
            }
            Detail::Fact { .. } => continue,
        }
        affects_values = true;
    }
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let names = names_in_words(&ENGLISH, &names);
    let edit = Edit::Set(Text::new(&format!("the page itself did not change. Read differently: {names}")));
    let detail = Detail::Fact { field: FieldKey::from_name("reread"), label: Text::new(cause.words()), edit };
    affects_values.then(|| Change::new(Kind::Reread, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::{raw, sentence};
    use crate::{change::Row, model::EntryId};

    fn added(name: &str) -> Change {
        let (id, name) = (EntryId::from_name(name), Text::new(name));
        let row = Row { id, label: name.clone(), name, section: Text::default(), fields: Vec::new() };
        Change::new(Kind::Added, Detail::Row { row, former: None })
    }

    #[test]
    fn differences_of_entries_become_one_announcement() {
        let change = announcement(Cause::Edition, &[added("Kestrel"), added("Oakline"), added("Kestrel")]);
        let change = change.expect("an announcement");
        let sentence: String = sentence(&ENGLISH, &change).iter().map(raw).collect();
        assert_eq!(
            sentence,
            "Read again by a newer edition: the page itself did not change. Read differently: Kestrel, Oakline"
        );
        assert_eq!(change.level, crate::change::Level::Info);
    }

    #[test]
    fn differences_of_statements_alone_are_not_announced() {
        let edit = Edit::Set(Text::new("30 days"));
        let detail = Detail::Fact { field: FieldKey::from_name("notice"), label: Text::new("Notice"), edit };
        assert_eq!(announcement(Cause::Configuration, &[Change::new(Kind::TermsChanged, detail)]), None);
        assert_eq!(announcement(Cause::Configuration, &[]), None);
    }
}
