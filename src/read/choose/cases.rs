//! Introductions of cases, reasons and purposes, which are no vendors: "We share data in these cases:", "Sub-processors
//! get data for the following reasons:".

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::statement::{introduces, last_sentence},
    syntax::block::COLONS,
};

/// The most words between "following" and the cases.
const MAX_BETWEEN: usize = 2;

/// Whether a text ends with an introduction of cases. "We use these sub-processors for the following purposes:" may
/// introduce the vendors, and so may "In these cases, our sub-processors are:".
pub(crate) fn introduces_cases(words: &Vocabulary, text: &str) -> bool {
    let Some(sentence) = last_sentence(text).map(fold) else { return false };
    let tokens = tokens(&sentence);
    if ends_before_cases(words, &tokens) {
        return true;
    }
    let nouns = (0..tokens.len()).filter(|at| words.is(Meaning::CaseNoun, tokens[*at]));
    let Some(cases) = nouns.into_iter().rfind(|at| are_introduced(words, &tokens, *at)) else { return false };
    let referring = reference_before(words, &tokens, cases);
    let before = &tokens[..referring.unwrap_or(cases)];
    // "Dans les cas suivants"
    let behind = tokens.get(cases + 1 + usize::from(referring.is_none())..).unwrap_or_default();
    // "In these cases …" may be about what precedes it.
    let begins_with_cases = cases <= MAX_BETWEEN + 1 && !is_subject(words, &tokens, cases);
    let may_be_about_vendors = begins_with_cases && vendors(words, behind).next().is_some();
    !may_be_about_vendors && !refer_to_vendors(words, before) && !refer_to_vendors(words, behind)
}

/// Whether a sentence introduces what the noun at a place means.
fn are_introduced(words: &Vocabulary, tokens: &[&str], noun: usize) -> bool {
    let is_referred_behind = tokens.get(noun + 1).is_some_and(|next| refers(words, &[next]));
    reference_before(words, tokens, noun).is_some() || is_referred_behind || is_subject(words, tokens, noun)
}

/// The place of a word such as "following" before the noun at a place. One behind a noun for vendors is about these:
/// "aux sous-traitants suivants pour les motifs".
fn reference_before(words: &Vocabulary, tokens: &[&str], noun: usize) -> Option<usize> {
    let is_of_vendors = |at: usize| at + 1 < noun && at > 0 && is_vendor(words, tokens[at - 1]);
    let mut near = noun.saturating_sub(MAX_BETWEEN + 1)..noun;
    near.find(|at| refers(words, &tokens[*at..=*at]) && !is_of_vendors(*at))
}

/// Whether the noun at a place begins its sentence: "The reasons why we share data are:", but not "Purposes and
/// sub-processors:".
fn is_subject(words: &Vocabulary, tokens: &[&str], at: usize) -> bool {
    let is_joined = tokens.get(at + 1).is_none_or(|next| words.is(Meaning::Conjunction, next));
    !is_joined && tokens[..at].iter().all(|token| words.is(Meaning::ListIntro, token))
}

/// Whether a text ends with a sentence that introduces vendors as what we use: "We also use these sub-processors:".
/// "These sub-processors get:" is about those above it.
pub(crate) fn introduces_these_vendors(words: &Vocabulary, text: &str) -> bool {
    let Some(sentence) = last_sentence(text).map(fold) else { return false };
    let tokens = tokens(&sentence);
    let is_about_above = tokens.first().is_some_and(|first| words.is(Meaning::Demonstrative, first));
    // "Additional sub-processors:"
    let is_title = text.trim_end().ends_with(COLONS) && tokens.len() <= MAX_TITLE;
    let ends_in_vendors = tokens.last().is_some_and(|last| is_vendor(words, last));
    !is_about_above
        && !introduces_cases(words, text)
        && introduces(words, &sentence)
        && (is_title && ends_in_vendors || refer_to_vendors(words, &tokens))
}

/// The most words of a line that is the title of the list below it.
const MAX_TITLE: usize = 2;

fn tokens(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|token| !token.is_empty()).collect()
}

/// Whether a sentence has no end without the cases: "We share data when:".
fn ends_before_cases(words: &Vocabulary, tokens: &[&str]) -> bool {
    let ends = (1..=tokens.len().min(MAX_END)).map(|count| tokens[tokens.len() - count..].join(" "));
    tokens.len() > MAX_END && ends.into_iter().any(|end| words.is(Meaning::CaseEnd, &end))
}

/// The most words of the end of a sentence that cases complete.
const MAX_END: usize = 3;

/// Whether some tokens are about vendors that are listed: "these sub-processors".
fn refer_to_vendors(words: &Vocabulary, tokens: &[&str]) -> bool {
    vendors(words, tokens).any(|(from, to)| is_referred(words, tokens, from, to))
}

/// Whether a word such as "following" refers to the noun in some tokens.
fn is_referred(words: &Vocabulary, tokens: &[&str], from: usize, to: usize) -> bool {
    refers(words, &tokens[from.saturating_sub(MAX_BETWEEN + 1)..tokens.len().min(to + 2)])
}

/// Whether one of some tokens refers to what is listed. An article does not.
fn refers(words: &Vocabulary, tokens: &[&str]) -> bool {
    tokens.iter().any(|token| words.is(Meaning::Demonstrative, token) && !words.is(Meaning::ListIntro, token))
}

/// The first and last tokens of nouns for vendors and companies, of one word or two.
fn vendors<'t>(words: &'t Vocabulary, tokens: &'t [&str]) -> impl Iterator<Item = (usize, usize)> + 't {
    (0..tokens.len()).filter_map(|from| {
        if is_vendor(words, tokens[from]) {
            return Some((from, from));
        }
        let next = tokens.get(from + 1).filter(|next| !is_vendor(words, next))?;
        is_vendor(words, &format!("{} {next}", tokens[from])).then_some((from, from + 1))
    })
}

fn is_vendor(words: &Vocabulary, noun: &str) -> bool {
    words.is(Meaning::RecipientNoun, noun) || words.is_vendor_column(noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_introduce_these_vendors() {
        for (text, expected) in [
            ("We also use these sub-processors:", true),
            ("Wir setzen au\u{df}erdem folgende Unterauftragsverarbeiter ein:", true),
            ("Additional sub-processors:", true),
            ("These sub-processors get:", false),
            ("We assess sub-processors:", false),
            ("We do not use these sub-processors:", false),
            ("Our certificates:", false),
        ] {
            assert_eq!(introduces_these_vendors(Vocabulary::builtin(), text), expected, "{text}");
        }
    }

    #[test]
    fn sentences_introduce_cases_or_vendors() {
        for (text, expected) in [
            ("We share your data with third parties only in these cases:", true),
            ("Sub-processors get data for the following reasons:", true),
            ("Sub-processors process data only in these cases:", true),
            ("Data go to sub-processors in these cases:", true),
            ("We may share data with vendors under these very limited conditions:", true),
            ("We disclose personal data to third parties when:", true),
            ("The reasons why we share data with vendors are:", true),
            ("Luovutamme tietoja alik\u{e4}sittelij\u{f6}ille seuraavissa tapauksissa:", true),
            ("Purposes and sub-processors:", false),
            ("Nous faisons appel aux sous-traitants suivants pour les finalit\u{e9}s indiqu\u{e9}es :", false),
            ("We engage sub-processors where it is necessary for:", true),
            ("Wir geben Daten nur in folgenden F\u{e4}llen an Dritte weiter:", true),
            ("Nous partageons vos donn\u{e9}es avec nos sous-traitants pour les raisons suivantes :", true),
            ("Edastame andmeid volitatud t\u{f6}\u{f6}tlejatele j\u{e4}rgmistel juhtudel:", true),
            ("We work with these companies for the following reasons:", false),
            ("In these cases, data may be processed by our sub-processors:", false),
            ("We use the following sub-processors for the purposes stated:", false),
            ("Our sub-processors and their purposes:", false),
            ("Wir setzen in diesen F\u{e4}llen folgende Unterauftragsverarbeiter ein:", false),
            ("In den folgenden F\u{e4}llen setzen wir diese Unterauftragsverarbeiter ein:", false),
            ("For these reasons we chose them. Our sub-processors are:", false),
            ("When:", false),
        ] {
            assert_eq!(introduces_cases(Vocabulary::builtin(), text), expected, "{text}");
        }
    }
}
