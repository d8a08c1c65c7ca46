//! Sentences that announce a vendor: "From 1 March 2026 we will use Quill Models, Inc. for summaries."

use changecast_core::{
    compare::{FuzzyDate, locations},
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use super::sentences::Sentence;

fn words() -> &'static Vocabulary {
    Vocabulary::builtin()
}

/// The vendor that a sentence announces. The sentence is about the future, engages somebody, and names one who can be
/// a vendor: with a legal form, in several words, or as the object of the verb.
pub(super) fn announced_vendor(sentence: &Sentence) -> Option<String> {
    let is_ahead = words().has_phrase(Meaning::FutureMark, &sentence.spaced);
    let engages = words().has_stem(Meaning::EngagementStem, &sentence.spaced);
    if !is_ahead || !engages || words().has_phrase(Meaning::Negation, &sentence.spaced) {
        return None;
    }
    let has_date = FuzzyDate::read(words(), &sentence.text).is_some();
    let names = names_in(&sentence.text);
    let announced = names.into_iter().find(|name| {
        name.has_legal_form
            || has_date && (name.words > 1 && !name.is_first || name.follows_verb || name.is_first && name.words > 1)
            || name.follows_verb && name.words > 1
    });
    announced.map(|name| name.text)
}

/// Words with capitals that may be the name of a vendor.
#[derive(Debug)]
struct Name {
    text: String,
    words: usize,
    has_legal_form: bool,
    /// Whether the sentence begins with it.
    is_first: bool,
    /// Whether a verb such as "use" is directly before it.
    follows_verb: bool,
}

/// The capitalised words of a text, one name for each run of them.
fn names_in(text: &str) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut before: &str = "";
    let mut is_first = true;
    let tokens: Vec<&str> = text.split_whitespace().collect();
    for (at, token) in tokens.iter().enumerate() {
        let next_is_form = tokens.get(at + 1).is_some_and(|next| is_legal_form(next));
        if is_capitalised(token) && !(run.is_empty() && is_common(token)) {
            run.push(token);
        }
        let continues = is_capitalised(token) && !run.is_empty() && (!ends_run(token) || next_is_form);
        if !continues {
            names.extend(name_of(&run, before, is_first));
            run.clear();
            before = token;
            // A label such as "Notice:" precedes the sentence.
            is_first = token.ends_with(':');
        }
    }
    names.extend(name_of(&run, before, is_first));
    names
}

fn is_capitalised(token: &str) -> bool {
    let word = token.trim_start_matches(['(', '"', '\u{201c}', '\u{ab}', '\'']);
    word.starts_with(char::is_uppercase) || word == "&"
}

fn is_common(token: &str) -> bool {
    let folded = fold(token.trim_matches(|c: char| !c.is_alphanumeric()));
    words().is(Meaning::CommonWord, &folded) || words().month(&folded).is_some() || token.ends_with(':')
}

/// Whether punctuation after a word separates it from the next one.
fn ends_run(token: &str) -> bool {
    token.ends_with([',', ';', ':', ')', '!', '?']) || token.ends_with('.') && !is_legal_form(token)
}

fn is_legal_form(token: &str) -> bool {
    let folded: String = token.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    folded.len() > 1 && token.starts_with(char::is_uppercase) && words().is(Meaning::LegalForm, &folded)
}

/// The name of a run of words, unless it is known to be something else: a place, a document, a group of vendors.
fn name_of(run: &[&str], before: &str, is_first: bool) -> Option<Name> {
    let text = run.join(" ");
    let text = text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '&'))).trim();
    let text = words().without_full_stop(text);
    let has_legal_form = run.len() > 1 && run.last().is_some_and(|last| is_legal_form(last));
    let places = locations(words(), text);
    let is_place = !places.is_empty() && places.iter().all(|place| place.known);
    let is_document = words().has_phrase(Meaning::OtherSubject, &format!(" {} ", fold(text)))
        || words().has_phrase(Meaning::OtherDocument, &format!(" {} ", fold(text)));
    if text.chars().count() < 2 || is_place || is_document || words().is_about_vendors(text) {
        return None;
    }
    let verb = fold(before);
    let follows_verb = words().has_stem(Meaning::EngagementStem, &format!(" {verb} ")) && !verb.is_empty();
    Some(Name { text: text.to_owned(), words: run.len(), has_legal_form, is_first, follows_verb })
}
