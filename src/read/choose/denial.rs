//! Sentences and headings that deny: "Not sub-processors", "we do not use these vendors".

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary, is_unspaced},
};

/// The most characters of a word for vendors in a script without spaces. Each part of a text is looked at only this
/// far, however long the text is.
pub(super) const MAX_VENDOR_WORD: usize = 40;

/// Where a denial is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A heading or key is about everything below it.
    Heading,
    /// A sentence may be about something else than the list below it.
    Sentence,
    /// A sentence below a heading that means vendors. It may state what these do not do.
    BelowVendors,
}

impl Place {
    /// Whether a text means vendors at this place.
    fn names_vendor(self, words: &Vocabulary, text: &str) -> bool {
        match self {
            Place::Heading => words.is_about_vendors(text),
            // "Personal data is not given to third parties" is not about the list.
            Place::Sentence | Place::BelowVendors => words.is_vendor_column(text),
        }
    }

    /// Whether a word may be between a denial and the denied thing. "Acme is not a sub-processor" is a sentence about
    /// Acme; "Not a sub-processor" is a heading for others.
    fn allows(self, words: &Vocabulary, word: &str) -> bool {
        words.is(Meaning::DenialFiller, word) || (self == Place::Heading && words.is(Meaning::IndefiniteArticle, word))
    }
}

/// Whether a text denies that something is a vendor or in use: "Not sub-processors", "Tools we do not use", but not
/// "Sub-processors not located in the EU".
pub(super) fn denies(words: &Vocabulary, text: &str, place: Place) -> bool {
    let folded = fold(text);
    let clauses = folded.split(['(', ')', '[', ']', ':', ';', ',', '.', '\u{3002}', '\u{3001}']);
    let mut names_vendors = false;
    // Between spaces, a hyphen is a dash.
    for clause in clauses.flat_map(|clause| clause.split(" - ")) {
        // "Sub-processors (not processing client data)" are listed.
        let place = if names_vendors { Place::BelowVendors } else { place };
        if Clause::of(words, clause).denies(words, place) || denies_unspaced(words, clause, place) {
            return true;
        }
        names_vendors |= place == Place::Heading && words.is_vendor_column(clause);
    }
    false
}

/// Whether a clause in a script without spaces between words denies that something is a vendor: a denial is directly
/// behind the vendors or, apart from words without a meaning of their own, before them.
fn denies_unspaced(words: &Vocabulary, clause: &str, place: Place) -> bool {
    let denials = words.texts(Meaning::Denial).filter(|denial| denial.contains(is_unspaced));
    let found = denials.flat_map(|denial| clause.match_indices(denial));
    found.into_iter().any(|(at, denial)| {
        let (before, behind) = (&clause[..at], &clause[at + denial.len()..]);
        // "\u{9664}\u{975e}" is "unless".
        let begins_word = denial.chars().count() > 1 || !before.ends_with(is_unspaced);
        ends_in_vendors(words, before, place) || begins_word && begins_with_vendors(words, behind, place)
    })
}

fn ends_in_vendors(words: &Vocabulary, text: &str, place: Place) -> bool {
    let mut starts = text.char_indices().rev().map(|(at, _)| at).take(MAX_VENDOR_WORD);
    starts.find(|at| place.names_vendor(words, &text[*at..])).is_some_and(|at| words.role_of(&text[at..]) == Role::Name)
}

fn begins_with_vendors(words: &Vocabulary, text: &str, place: Place) -> bool {
    let mut rest = text.trim_start();
    loop {
        let behind = words.texts(Meaning::DenialFiller).filter_map(|filler| unspaced_prefix(rest, filler));
        let Some(shortest) = behind.min_by_key(|behind| behind.len()) else { break };
        rest = shortest.trim_start();
    }
    let Some(first) = rest.chars().next() else { return false };
    let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(MAX_VENDOR_WORD);
    ends.any(|end| place.names_vendor(words, &rest[..end]) && !place.names_vendor(words, &rest[first.len_utf8()..end]))
}

/// The rest of a text behind a word in a script without spaces.
fn unspaced_prefix<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.strip_prefix(word).filter(|_| word.contains(is_unspaced))
}

/// Whether a text in place of a name states that there is none: "No additional sub-processors".
pub(super) fn denies_all(words: &Vocabulary, text: &str) -> bool {
    let clause = Clause::of(words, &fold(text));
    let article = clause.phrase_at(words, Meaning::NegativeArticle, 0);
    article.is_some_and(|from| clause.is_denied_from(words, Place::Heading, 0, from))
}

/// A part of a heading or sentence between punctuation marks, in words.
pub(super) struct Clause(pub Vec<String>);

/// Most words of a phrase that is looked up.
const MAX_PHRASE: usize = 4;

impl Clause {
    pub fn of(words: &Vocabulary, folded: &str) -> Self {
        let mut tokens: Vec<String> = Vec::new();
        for token in folded.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|token| !token.is_empty()) {
            match tokens.last_mut() {
                // "sub-processors", "sub processors" and "subprocessors" are one word.
                Some(last) if last == "sub" && words.is_about_vendors(&format!("sub{token}")) => last.push_str(token),
                _ => tokens.push(token.to_owned()),
            }
        }
        Clause(tokens)
    }

    fn denies(&self, words: &Vocabulary, place: Place) -> bool {
        (0..self.0.len()).any(|at| {
            let after = self.phrase_at(words, Meaning::Denial, at);
            let article = (at == 0).then(|| self.phrase_at(words, Meaning::NegativeArticle, at)).flatten();
            after.is_some_and(|from| self.is_denied_from(words, place, at, from))
                || article.is_some_and(|from| place == Place::Heading && self.is_denied_from(words, place, at, from))
        })
    }

    /// Whether a denial, which ends before the word number `from`, is about the vendors: only words without a meaning
    /// of their own are between it and them, or between it and the end.
    fn is_denied_from(&self, words: &Vocabulary, place: Place, negation: usize, from: usize) -> bool {
        let (mut has_verb, mut is_unused) = (false, false);
        // "None of these is a sub-processor" is about all of them.
        let is_of_all = words.is(Meaning::NoEntry, &self.0[negation]);
        if self.denies_use_of_list(words, negation, from) {
            return true;
        }
        for at in from..self.0.len() {
            if self.is_vendor(words, place, at) {
                return !self.has_exception(words, at);
            }
            let token = &self.0[at];
            let is_verb = words.is(Meaning::DenialVerb, token);
            let is_article = is_of_all && words.is(Meaning::IndefiniteArticle, token);
            if !is_verb && !is_article && !place.allows(words, token) {
                return false;
            }
            has_verb |= is_verb;
            is_unused |= words.is(Meaning::UseVerb, token);
        }
        // "Tools that do not process personal data" are not vendors; sub-processors that do not are still listed, but
        // not "sub-processors not used".
        let is_listed = !is_unused || place != Place::Heading;
        let is_named_before = is_listed && words.is_vendor_file(&self.0[..negation].join(" "));
        has_verb && !is_named_before && place != Place::BelowVendors
    }

    /// Whether a sentence denies that the vendors of the list below are used: it refers to the list, and the verb is
    /// next to the denial. "We do not use any of these", "The following vendors are not used", "We use none of them".
    fn denies_use_of_list(&self, words: &Vocabulary, negation: usize, from: usize) -> bool {
        // "n'utilisons" is a verb behind an elided word.
        let is_use = |token: &String| words.is(Meaning::UseVerb, token.rsplit('\'').next().unwrap_or_default());
        let may_follow = |token: &String| {
            is_use(token) || [Meaning::DeniedUse, Meaning::Demonstrative].iter().any(|one| words.is(*one, token))
        };
        let (before, behind) = (&self.0[..negation], &self.0[from..]);
        let adverbs =
            behind.iter().take_while(|token| !is_use(token) && words.is(Meaning::DenialFiller, token)).count();
        let has_verb = behind.get(adverbs).is_some_and(is_use) || before.iter().any(is_use);
        has_verb
            && behind[adverbs..].iter().all(may_follow)
            && self.0.iter().any(|token| words.is(Meaning::Demonstrative, token))
    }

    /// Whether a vendor is named by a word, or by the word and the next one: "sous traitants".
    fn is_vendor(&self, words: &Vocabulary, place: Place, at: usize) -> bool {
        let (one, next) = (&self.0[at], self.0.get(at + 1));
        place.names_vendor(words, one)
            || next.is_some_and(|next| {
                !place.names_vendor(words, next) && place.names_vendor(words, &format!("{one} {next}"))
            })
    }

    fn has_exception(&self, words: &Vocabulary, from: usize) -> bool {
        (from..self.0.len()).any(|at| self.phrase_at(words, Meaning::Exception, at).is_some())
    }

    /// The number of the word behind a phrase of this meaning that begins at a word; the longest one counts.
    fn phrase_at(&self, words: &Vocabulary, meaning: Meaning, at: usize) -> Option<usize> {
        let ends = (at + 1..=self.0.len().min(at + MAX_PHRASE)).rev();
        ends.into_iter().find(|end| words.is(meaning, &self.0[at..*end].join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_vendors_are_shorter_than_what_is_looked_at() {
        for word in Vocabulary::WORDS.lines().filter(|line| line.starts_with("role:name\t")) {
            let text = word.split('\t').nth(2).expect("a word");
            assert!(!text.contains(is_unspaced) || text.chars().count() < MAX_VENDOR_WORD, "{text}");
        }
    }
}
