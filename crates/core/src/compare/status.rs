//! The status of an entry: a known state and the words around it.

use crate::{
    model::{Text, fold},
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

    /// Reads a cell below a header. In a column such as "Active" or "Inactive", yes and no state whether the vendor is in
    /// this state.
    pub fn of_cell(label: &Text, text: &Text) -> Self {
        let (vocabulary, label, text) = (Vocabulary::builtin(), label.as_str(), text.as_str());
        let Some(answer) = answer(vocabulary, text) else { return Status::read(vocabulary, text) };
        match state_asked_by(vocabulary, label) {
            Some(state) if answer => Status::plain(state),
            Some(Lifecycle::Active) => Status::plain(Lifecycle::Ended),
            Some(_) => Status::plain(Lifecycle::Active),
            None => Status::read(vocabulary, text),
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

/// Whether a cell answers the question of its header with yes, or with no. `None` for any other text.
pub fn answer(vocabulary: &Vocabulary, text: &str) -> Option<bool> {
    let folded = fold(text);
    let is = |meaning| vocabulary.is(meaning, &folded);
    if is(Meaning::Affirmation) { Some(true) } else { is(Meaning::Refusal).then_some(false) }
}

/// Whether a header asks for a state in which a vendor is not simply in use: "Inactive", `isArchived`.
pub fn asks_for_state(vocabulary: &Vocabulary, label: &str) -> bool {
    state_asked_by(vocabulary, label).is_some_and(|state| state != Lifecycle::Active)
}

/// The state that a header asks for: "Active", "Inactive", `isArchived`, "No longer used".
fn state_asked_by(vocabulary: &Vocabulary, label: &str) -> Option<Lifecycle> {
    let words = vocabulary.label_words(label);
    // "Is it disabled?"
    (0..words.len().min(MAX_WORDS_BEFORE + 1)).find_map(|from| {
        let text = words[from..].join(" ");
        let (state, rest) = vocabulary.status_prefix(&text)?;
        let tail = rest.trim_start().split(' ').next().unwrap_or_default();
        (tail.is_empty() || vocabulary.is(Meaning::StatusTail, tail)).then_some(state)
    })
}

/// The most words of a header before the state that it asks for.
const MAX_WORDS_BEFORE: usize = 2;

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
    fn answers_state_what_the_header_asks_for() {
        for (label, text, lifecycle) in [
            ("Inactive", "true", Some(Lifecycle::Ended)),
            ("Inactive", "no", Some(Lifecycle::Active)),
            ("isArchived", "yes", Some(Lifecycle::Ended)),
            ("Is deprecated", "0", Some(Lifecycle::Active)),
            ("Is it disabled?", "\u{2713}", Some(Lifecycle::Ended)),
            ("No longer used", "Yes", Some(Lifecycle::Ended)),
            ("Suspended", "y", Some(Lifecycle::Suspended)),
            ("Inaktiv", "Nein", Some(Lifecycle::Active)),
            ("Archiviert", "ja", Some(Lifecycle::Ended)),
            ("D\u{e9}sactiv\u{e9}", "Oui", Some(Lifecycle::Ended)),
            ("Mitteaktiivne", "jah", Some(Lifecycle::Ended)),
            ("Active", "false", Some(Lifecycle::Ended)),
            ("Enabled", "yes", Some(Lifecycle::Active)),
            ("Status", "yes", Some(Lifecycle::Active)),
            ("Inactive", "since May", None),
            ("Deprecated", "Planned", Some(Lifecycle::Planned)),
        ] {
            let status = Status::of_cell(&Text::new(label), &Text::new(text));
            assert_eq!(status.lifecycle, lifecycle, "{label}: {text}");
        }
    }

    #[test]
    fn words_for_one_state_are_equal() {
        let words = Vocabulary::builtin();
        assert_eq!(Status::read(words, "in use"), Status::read(words, "ACTIVE"));
    }
}
