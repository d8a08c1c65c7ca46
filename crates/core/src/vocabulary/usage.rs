//! Where words count, for the meanings that distinguish this.

use super::word::Meaning;
use crate::model::Role;

/// Where a word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// As a whole header, which has no other meaning: "Sub-processor".
    Specific,
    /// As a whole header, in its usual meaning: "Vendor".
    Usual,
    /// As a whole header, which may have the meaning: "Entity".
    Possible,
    /// As the word of a longer header that gives it its meaning …
    Core,
    /// … where all other words are core words or these.
    Filler,
    /// As a word of a longer header that narrows its meaning: "registered office".
    Narrow,
    /// As a word of a longer header that shows that it has another meaning: "location in code".
    Except,
    /// As a part of a heading or sentence, which is about vendors then.
    Heading,
    /// As a part of the header of the column of names: the table lists vendors then.
    Column,
    /// As a part of a file's name, in letters and digits only: the file may be a list of vendors.
    File,
    /// With a full stop, which does not end a sentence: "Inc."
    Dotted,
}

impl Use {
    /// The use of this name in `words.tsv`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "specific" => Use::Specific,
            "usual" => Use::Usual,
            "possible" => Use::Possible,
            "core" => Use::Core,
            "filler" => Use::Filler,
            "narrow" => Use::Narrow,
            "except" => Use::Except,
            "heading" => Use::Heading,
            "column" => Use::Column,
            "file" => Use::File,
            "dotted" => Use::Dotted,
            _ => return None,
        })
    }

    /// Whether words of this meaning can have the use.
    pub(super) fn suits(self, meaning: Meaning) -> bool {
        match self {
            Use::Dotted => meaning == Meaning::LegalForm,
            Use::Heading | Use::Column | Use::File => meaning == Meaning::Role(Role::Name),
            _ => matches!(meaning, Meaning::Role(_)),
        }
    }
}

/// The uses of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses(u16);

impl Uses {
    /// The uses in a list of their names, without those that are not known.
    pub(super) fn named(list: &str) -> Self {
        list.split(',').filter_map(Use::named).fold(Uses::default(), Uses::with)
    }

    /// These uses and another one.
    pub(super) fn with(self, one: Use) -> Self {
        Uses(self.0 | 1 << one as u16)
    }

    /// Whether the word has this use.
    pub fn contain(self, one: Use) -> bool {
        self.0 & (1 << one as u16) != 0
    }
}
