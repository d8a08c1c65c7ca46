//! What a text at the place of a name is: the name of a vendor, or something that a list of vendors may contain
//! besides vendors.

use super::denial::denies_all;
use changecast_core::{
    compare::{FuzzyDate, Lifecycle, Precision},
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

/// Whether a text at the place of a name is not an entry: a placeholder, or a vendor that is no longer used.
pub(crate) fn is_no_entry(words: &Vocabulary, name: &str) -> bool {
    is_placeholder(words, name) || has_ended(words, name)
}

/// Whether a text states that the list has no entry here: "None at present", "—", "n/a".
pub(crate) fn is_placeholder(words: &Vocabulary, name: &str) -> bool {
    let folded = fold(name).replace('-', " ");
    let first = folded.split(['.', ':', ';', '(']).map(str::trim).find(|part| !part.is_empty());
    let has_letter = folded.chars().any(char::is_alphanumeric);
    (!has_letter && !name.trim().is_empty())
        || words.is(Meaning::NoEntry, &folded)
        || denies_all(words, name)
        || first.is_some_and(|part| words.is(Meaning::NoEntry, part.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// Whether a remark behind a name states that the vendor is no longer used: "Acme — RETIRED 2026-02", "Acme
/// (removed)". "(formerly Acme)" states an earlier name, and "Retired Minds" is a name.
fn has_ended(words: &Vocabulary, name: &str) -> bool {
    let folded = fold(name);
    remarks(&folded).any(|remark| is_end(words, remark))
}

/// Whether the text behind a name begins with a remark that the vendor is no longer used: "(retired) – e-mail".
pub(crate) fn begins_with_end(words: &Vocabulary, text: &str) -> bool {
    let folded = fold(text);
    in_front(&folded).is_some_and(|remark| is_end(words, remark))
}

/// The text in brackets at the beginning of a folded text.
fn in_front(folded: &str) -> Option<&str> {
    let inside = folded.strip_prefix(['(', '['])?;
    inside.find([')', ']']).map(|end| inside[..end].trim())
}

/// The parts of a folded name behind a dash, or in brackets at its beginning or end.
fn remarks(folded: &str) -> impl Iterator<Item = &str> {
    let in_parentheses =
        folded.strip_suffix([')', ']']).and_then(|inside| inside.rfind(['(', '[']).map(|at| &inside[at + 1..]));
    let behind_dash = folded.rfind(" - ").map(|at| &folded[at + 3..]);
    let behind_mark = folded.rfind([':', ';', ',']).map(|at| folded[at + 1..].trim_start());
    let remarks = [in_parentheses.filter(|_| !folded.starts_with(['(', '['])), behind_dash, behind_mark];
    remarks.into_iter().chain([in_front(folded)]).flatten()
}

/// Whether a folded remark consists of a status of the end, and of dates.
fn is_end(words: &Vocabulary, remark: &str) -> bool {
    let Some((Lifecycle::Ended, rest)) = words.status_prefix(remark) else { return false };
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_tail = words.is(Meaning::StatusTail, first) || words.is(Meaning::DateFiller, first);
    let ends_twice = matches!(words.status_prefix(rest), Some((Lifecycle::Ended, _)));
    rest.is_empty() || is_tail || ends_twice || FuzzyDate::read(words, rest).is_some()
}

/// Whether a name ends with a legal form: "Acme, Inc.", "Alder s.r.o. (Alder Group)".
pub(crate) fn has_legal_form(words: &Vocabulary, name: &str) -> bool {
    let folded = fold(name.split(['(', '[']).next().unwrap_or_default());
    let tokens: Vec<&str> = folded.split([' ', ',']).filter(|token| !token.is_empty()).collect();
    legal_form(words, &tokens).is_some_and(|length| length < tokens.len())
}

/// The number of words of the legal form at the end of folded words.
pub(crate) fn legal_form(words: &Vocabulary, tokens: &[&str]) -> Option<usize> {
    (1..=MAX_FORM_WORDS.min(tokens.len())).find(|length| {
        let end = tokens[tokens.len() - length..].join(" ").replace('.', "");
        words.is(Meaning::LegalForm, &end)
    })
}

/// The most words of a legal form: "GmbH & Co. KG".
const MAX_FORM_WORDS: usize = 4;

/// Whether a text begins with a date: "2026-01-15", "March 2026: …". A year alone may begin a name: "2047 Labs".
pub(crate) fn begins_with_date(words: &Vocabulary, text: &str) -> bool {
    let text: Vec<&str> = text.split_whitespace().take(MAX_DATE_WORDS).collect();
    (1..=text.len()).any(|count| {
        let date = FuzzyDate::read(words, text[..count].join(" ").trim_end_matches([':', ',', '.']));
        date.is_some_and(|date| {
            let is_whole = count == text.len();
            date.condition.is_empty() && (is_whole || matches!(date.precision, Precision::Day | Precision::Month))
        })
    })
}

/// Most words of a date at the beginning of a text.
const MAX_DATE_WORDS: usize = 4;

/// Whether a text is the name of a host or an address in a network rather than of a vendor: "*.acme.example",
/// "cdn-1.acme.example", "192.0.2.0/24". "acme.io" may be a vendor.
pub(crate) fn is_host(name: &str) -> bool {
    let name = name.trim().trim_matches('`');
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    let host = name.split(['/', ':']).next().unwrap_or_default();
    let is_ip = host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok());
    let labels = host.split('.').filter(|label| !label.is_empty()).count();
    let is_plain =
        !name.contains(char::is_whitespace) && host.chars().all(|c| c.is_alphanumeric() || "-_.*".contains(c));
    is_plain && (is_ip || host.starts_with("*.") || labels > 2)
}

/// The rest of a text that begins with the number of a clause: "2.1 Consent", "§ 4 Liability", "(b) …".
pub(crate) fn behind_clause_number(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let text = text.strip_prefix('§').map_or(text, str::trim_start);
    let (number, rest) = text.split_once(char::is_whitespace)?;
    let number = number.trim_end_matches(['.', ')', ':']);
    let parts: Vec<&str> = number.split('.').collect();
    let is_number = parts.len() > 1
        && parts.iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let is_letter = number
        .strip_prefix('(')
        .is_some_and(|letter| letter.len() == 1 && letter.starts_with(|c: char| c.is_ascii_lowercase()));
    (is_number || is_letter).then(|| rest.trim_start())
}

/// Whether a text is running text: several words that end in a full stop.
pub(crate) fn is_sentence(text: &str) -> bool {
    text.trim_end().ends_with('.') && text.split_whitespace().count() >= 5
}

/// Whether a text consists of common words after the first one ("Account data"), as hardly any name does.
pub(crate) fn is_common_phrase(text: &str) -> bool {
    let mut words = text.split_whitespace().skip(1).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.any(is_lower_case) && !text.contains(['(', '\u{2013}', '\u{2014}']) && !text.contains(" - ")
}

/// Whether a word of at least four letters has no capital.
fn is_lower_case(word: &str) -> bool {
    word.chars().count() >= 4 && word.chars().all(|c| c.is_lowercase())
}

/// Whether a text names a page about the vendor or the list: "Privacy policy", "DPA".
pub(crate) fn is_page_title(words: &Vocabulary, name: &str) -> bool {
    words.has_word(Meaning::PageWord, &fold(name))
}
