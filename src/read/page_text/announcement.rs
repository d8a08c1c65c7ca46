//! Sentences that announce a vendor: "From 1 March 2026 we will use Quill Models, Inc. for summaries."

use changecast_core::{
    compare::{FuzzyDate, locations},
    model::fold,
    vocabulary::{Meaning, Vocabulary, is_unspaced},
};

use super::sentences::Sentence;

/// The vendor that a sentence announces. The sentence is about the future, engages somebody, and names one who can be
/// a vendor: with a legal form, in several words, or as the object of the verb.
pub(super) fn announced_vendor(vocabulary: &Vocabulary, sentence: &Sentence) -> Option<String> {
    let is_ahead = vocabulary.has_phrase(Meaning::FutureMark, &sentence.spaced);
    let engages = vocabulary.has_stem(Meaning::EngagementStem, &sentence.spaced);
    let is_other = vocabulary.has_phrase(Meaning::Negation, &sentence.spaced)
        || vocabulary.has_phrase(Meaning::StaffWord, &sentence.spaced);
    if !is_ahead || !engages || is_other {
        return None;
    }
    let has_date = has_date(vocabulary, &sentence.text);
    let names = names_in(vocabulary, &with_spaces(&sentence.text));
    // Publishers write about themselves, too: "Acme, Inc. will provide notice". Such sentences have no date.
    let announced = names.into_iter().find(|name| {
        let is_distinctive = name.words > 1 || name.has_legal_form;
        if has_date { is_distinctive || name.follows_verb } else { is_distinctive && name.follows_verb }
    });
    announced.map(|name| name.text)
}

/// Whether a text states a date, also in a script without spaces: "2026\u{5e74}3\u{6708}1\u{65e5}\u{3088}\u{308a}".
fn has_date(vocabulary: &Vocabulary, text: &str) -> bool {
    let has_day = ["\u{5e74}", "\u{b144}"].iter().filter_map(|year| text.split_once(year)).any(|(year, day)| {
        year.ends_with(|c: char| c.is_ascii_digit()) && day.trim_start().starts_with(|c: char| c.is_ascii_digit())
    });
    has_day || FuzzyDate::read(vocabulary, text).is_some()
}

/// A text with a space between scripts with and without spaces, and around the brackets of the latter.
fn with_spaces(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        let is_wide = is_unspaced(c) || matches!(c, '\u{3001}' | '\u{3002}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}');
        if before.is_some_and(|before| before != is_wide) {
            spaced.push(' ');
        }
        before = Some(is_wide);
        spaced.push(c);
    }
    spaced
}

/// Words with capitals that may be the name of a vendor.
#[derive(Debug)]
struct Name {
    text: String,
    words: usize,
    has_legal_form: bool,
    /// Whether a verb such as "use" is directly before it.
    follows_verb: bool,
}

/// The capitalised words of a text, one name for each run of them.
fn names_in(vocabulary: &Vocabulary, text: &str) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut before: &str = "";
    let tokens: Vec<&str> = text.split_whitespace().collect();
    for (at, token) in tokens.iter().enumerate() {
        let next_is_form = tokens.get(at + 1).is_some_and(|next| is_legal_form(vocabulary, next));
        if !run.is_empty() && is_uncapitalised_form(vocabulary, token) {
            run.push(token);
        }
        if is_capitalised(token) && !(run.is_empty() && is_common(vocabulary, token)) {
            run.push(token);
        }
        let continues = is_capitalised(token) && !run.is_empty() && (!ends_run(vocabulary, token) || next_is_form);
        if !continues {
            names.extend(name_of(vocabulary, &run, before));
            run.clear();
            before = token;
        }
    }
    names.extend(name_of(vocabulary, &run, before));
    names
}

fn is_capitalised(token: &str) -> bool {
    let word = token.trim_start_matches(['"', '\u{201c}', '\u{ab}', '\'']);
    word.starts_with(char::is_uppercase) || word == "&"
}

fn is_common(vocabulary: &Vocabulary, token: &str) -> bool {
    let folded = fold(token.trim_matches(|c: char| !c.is_alphanumeric()));
    vocabulary.is(Meaning::CommonWord, &folded) || vocabulary.month(&folded).is_some() || token.ends_with(':')
}

/// Whether punctuation after a word separates it from the next one.
fn ends_run(vocabulary: &Vocabulary, token: &str) -> bool {
    token.ends_with([',', ';', ':', ')', '!', '?']) || token.ends_with('.') && !is_legal_form(vocabulary, token)
}

fn is_legal_form(vocabulary: &Vocabulary, token: &str) -> bool {
    let folded: String = token.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    folded.len() > 1 && token.starts_with(char::is_uppercase) && vocabulary.is(Meaning::LegalForm, &folded)
}

/// Whether a word behind a name is a legal form without capitals: "s.r.o.", "\u{682a}\u{5f0f}\u{4f1a}\u{793e}".
fn is_uncapitalised_form(vocabulary: &Vocabulary, token: &str) -> bool {
    let folded: String = token.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let is_dotted = token.matches('.').count() > 1 && token.starts_with(char::is_lowercase);
    (is_dotted || token.contains(is_unspaced)) && vocabulary.is(Meaning::LegalForm, &folded)
}

/// The name of a run of words, unless it is known to be something else: a place, a document, a group of vendors.
fn name_of(vocabulary: &Vocabulary, run: &[&str], before: &str) -> Option<Name> {
    let text = run.join(" ");
    let text = text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '&'))).trim();
    let text = vocabulary.without_full_stop(text);
    let ends_in_form =
        run.last().is_some_and(|last| is_legal_form(vocabulary, last) || is_uncapitalised_form(vocabulary, last));
    let has_legal_form = run.len() > 1 && ends_in_form;
    let places = locations(vocabulary, text);
    let is_place = !places.is_empty() && places.iter().all(|place| place.known);
    let is_document = vocabulary.has_phrase(Meaning::DocumentWord, &format!(" {} ", fold(text)));
    if text.chars().count() < 2 || is_place || is_document || vocabulary.is_about_vendors(text) {
        return None;
    }
    let verb = fold(before);
    let follows_verb = vocabulary.has_stem(Meaning::EngagementStem, &format!(" {verb} ")) && !verb.is_empty();
    Some(Name { text: text.to_owned(), words: run.len(), has_legal_form, follows_verb })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_announce_a_vendor_that_will_be_engaged() {
        for (text, expected) in [
            ("From 3 June 2027, Copperline Speech will transcribe and process calls.", "Copperline Speech"),
            ("We will start using Copperline Speech Ltd. for transcripts.", "Copperline Speech Ltd."),
            (
                "We plan to replace the mail provider with Brightpost in May 2027 and to use Brightpost for receipts.",
                "Brightpost",
            ),
            ("Ab dem 3. Juni 2027 nutzen wir die Copperline Speech GmbH.", "Copperline Speech GmbH"),
            ("Dal 1° marzo 2027 ci avvarremo anche di Copperline S.r.l. per le trascrizioni.", "Copperline S.r.l."),
            ("Per 1 maart 2027 voegen wij Copperline BV (Utrecht) toe als subverwerker.", "Copperline BV"),
            ("Od 1 marca 2027 r. zaczniemy korzystać z usług Copperline Sp. z o.o. (Polska).", "Copperline Sp."),
            ("A partir de 1 de março de 2027, a Copperline, Lda. passará a ser subcontratante.", "Copperline, Lda."),
            ("Od 1. března 2027 budeme nově využívat společnost Copperline s.r.o. pro přepis.", "Copperline s.r.o."),
            ("Otamme 1.3.2027 alkaen käyttöön uuden alikäsittelijän, Copperline Oy.", "Copperline Oy"),
            ("自2027年3月1日起，我们将新增子处理商 Copperline Ltd.（新加坡），用于转录。", "Copperline Ltd."),
            ("À partir du 3 juin 2027, nous ferons appel à Copperline Speech SAS.", "Copperline Speech SAS"),
            (
                "Notice: Copperline Speech, Inc. (Canada) will work on transcripts from 3 June 2027.",
                "Copperline Speech, Inc.",
            ),
        ] {
            let announced = announced_vendor(Vocabulary::builtin(), &Sentence::of(text.into()));
            let name = announced.as_deref().map(|name| name.trim_end_matches('.'));
            assert_eq!(name, Some(expected.trim_end_matches('.')), "{text}");
        }
    }

    #[test]
    fn other_sentences_about_the_future_announce_nobody() {
        for text in [
            "Acme, Inc. will provide notice before it engages another sub-processor.",
            "We will update this list from 3 June 2027.",
            "Data will be processed in the European Union from 1 January 2027.",
            "Our Data Processing Agreement will begin to apply from 1 January 2027.",
            "The EU-US Data Privacy Framework will be used for transfers as of 10 July 2027.",
            "Jane Miller will start as Data Protection Officer on 1 March 2027.",
            "We will never use Copperline Speech Ltd. from 1 March 2027 on.",
            "Customers will be able to use the list in German from 1 March 2027.",
            "Click a name to see its page.",
            "Ab dem 1. Januar 2027 nutzen wir nur noch Server in Deutschland.",
        ] {
            assert_eq!(announced_vendor(Vocabulary::builtin(), &Sentence::of(text.into())), None, "{text}");
        }
    }
}
