//! Introductions of companies that get data, where nothing else names vendors: "We share data with the following
//! companies:", "Your data may be shared with:".

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        entry_name::{is_common_phrase, is_page_title},
        page_parts::is_name,
        part::Part,
        statement::last_sentence,
    },
    source_text::cleaned,
    syntax::block::{COLONS, Item, split},
};

/// The fewest companies below an introduction.
const MIN_ITEMS: usize = 2;

/// The most words between "following" and the companies.
const MAX_BETWEEN: usize = 3;

/// Whether a text ends with an introduction of companies that get data.
pub(crate) fn introduces_recipients(words: &Vocabulary, text: &str) -> bool {
    let has_colon = text.trim_end().ends_with(COLONS);
    let Some(sentence) = last_sentence(text).map(fold).filter(|_| has_colon) else { return false };
    let tokens: Vec<&str> =
        sentence.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|token| !token.is_empty()).collect();
    let spaced = format!(" {} ", tokens.join(" "));
    let is_other = [Meaning::Negation, Meaning::Denial].iter().any(|one| words.has_phrase(*one, &spaced))
        || words.has_stem(Meaning::ObjectionStem, &spaced)
        || words.mentions_phrase(Meaning::Obligation, &sentence);
    let is = |meaning: Meaning| move |token: &&str| words.is(meaning, token);
    let nouns = tokens.iter().enumerate().filter(|(_, token)| words.is(Meaning::RecipientNoun, token));
    let mut nouns = nouns.map(|(at, _)| at);
    let is_referred = |at: usize| {
        let around = at.saturating_sub(MAX_BETWEEN)..tokens.len().min(at + 2);
        tokens[around].iter().any(is(Meaning::Demonstrative)) || at + 1 == tokens.len()
    };
    !is_other
        && words.has_stem(Meaning::SharingStem, &spaced)
        && (tokens.last().is_some_and(is(Meaning::RecipientMark)) || nouns.any(is_referred))
}

/// Whether a part is a list of companies below an introduction of those who get data.
pub(crate) fn are_recipients(part: &Part<'_>) -> bool {
    let words = part.words();
    let Some(items) = part.items() else { return false };
    items.len() >= MIN_ITEMS
        && introduces_recipients(words, part.found.lead_text())
        && items.iter().all(|item| names_company(words, item))
}

/// Whether a bullet or paragraph begins with the name of a company: no kind of recipients, no label and no phrase.
pub(crate) fn names_company(words: &Vocabulary, item: &Item) -> bool {
    let name = cleaned(&split(words, item).0);
    let bare = name.split(['(', '[']).next().unwrap_or_default().trim();
    is_name(bare)
        && bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && !is_common_phrase(bare)
        && !is_page_title(words, bare)
        && !words.has_word(Meaning::RecipientGroup, &fold(bare))
        && !words.is(Meaning::SiteLink, &fold(bare))
        && words.role_of(bare) == Role::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_introduce_companies_that_get_data() {
        for (text, expected) in [
            ("We share data with the following companies:", true),
            ("We process orders. Your data may be shared with:", true),
            ("These companies help us to run the service:", true),
            ("We share your data with service providers:", true),
            ("Wir geben Daten an folgende Unternehmen weiter:", true),
            ("Nous partageons des données avec les entreprises suivantes :", true),
            ("We share your data with third parties only in these cases:", false),
            ("We do not share data with the following companies:", false),
            ("We share data with companies.", false),
            ("You have the following rights:", false),
            ("We notify the following companies:", false),
        ] {
            assert_eq!(introduces_recipients(Vocabulary::builtin(), text), expected, "{text}");
        }
    }
}
