//! The status of an entry: a known state and the words around it.

use crate::{
    model::text::fold,
    vocabulary::{Lifecycle, Meaning, Vocabulary},
};

/// The meaning of a status text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The state, if the text begins with a word for one.
    pub lifecycle: Option<Lifecycle>,
    /// The folded rest of the text; the whole text if no state is known.
    pub qualifier: String,
}

impl Status {
    /// Reads a status text: "Active (tenant-enabled)", "Available but not enabled by default". The cells of a column such
    /// as "In use" answer with yes or no.
    pub fn read(vocabulary: &Vocabulary, text: &str) -> Self {
        let folded = fold(text);
        match vocabulary.status_prefix(&folded) {
            Some((lifecycle, rest)) => {
                let qualifier = rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
                Status { lifecycle: Some(lifecycle), qualifier }
            }
            None if vocabulary.is(Meaning::Affirmation, &folded) => Status::plain(Lifecycle::Active),
            None if vocabulary.is(Meaning::Refusal, &folded) => Status::plain(Lifecycle::Available),
            None => Status { lifecycle: None, qualifier: folded },
        }
    }

    fn plain(lifecycle: Lifecycle) -> Self {
        Status { lifecycle: Some(lifecycle), qualifier: String::new() }
    }

    /// Whether the vendor is in use without any further choice of the customer.
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
            ("Not engaged", Some(Lifecycle::Available), ""),
            ("No longer in use", Some(Lifecycle::Ended), "in use"),
            ("Geplant ab 2027", Some(Lifecycle::Planned), "ab 2027"),
            ("Nicht mehr im Einsatz", Some(Lifecycle::Ended), "im einsatz"),
            ("En cours", Some(Lifecycle::Active), ""),
            ("Yes", Some(Lifecycle::Active), ""),
            ("nein", Some(Lifecycle::Available), ""),
            ("\u{2713}", Some(Lifecycle::Active), ""),
            ("No change", None, "no change"),
            ("Under review", None, "under review"),
            ("Under evaluation", Some(Lifecycle::Planned), ""),
            ("Activewear", None, "activewear"),
        ] {
            let status = Status::read(Vocabulary::builtin(), text);
            assert_eq!(status, Status { lifecycle, qualifier: qualifier.to_owned() }, "{text}");
        }
    }

    #[test]
    fn words_for_one_state_are_equal() {
        let words = Vocabulary::builtin();
        assert_eq!(Status::read(words, "in use"), Status::read(words, "ACTIVE"));
    }
}
