//! Lists of the kinds of personal data that are processed: "Account data", "First name, last name, e-mail". They often
//! stand below headings about third parties and name no vendor.

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::choose::{page_parts::Content, part::Part};

/// Whether most bullets, or most rows of a table without a column of names, begin with a kind of data.
pub(crate) fn lists_data(part: &Part<'_>) -> bool {
    let is_unnamed = match part.found.content {
        Content::List(_) => true,
        Content::Table(_) => !part.name_column.is_stated(),
        Content::Record(_) => false,
    };
    let kinds = part.names.iter().filter(|name| is_kind_of_data(part.words(), name)).count();
    is_unnamed && kinds > 1 && kinds * 2 > part.names.len()
}

/// Whether a text is a kind of data, or several of which the first is one. What is counted is its head: the last word in
/// English and German, the first one in French and Polish.
fn is_kind_of_data(words: &Vocabulary, text: &str) -> bool {
    let folded = fold(text);
    let first = folded.split([',', ';', ':', '/', '&', '(', '[']).next().unwrap_or_default();
    let mut tokens: Vec<&str> = first.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    if let Some(joint) = tokens.iter().position(|token| words.is(Meaning::Conjunction, token)) {
        tokens.truncate(joint);
    }
    let (Some(start), Some(end)) = (tokens.first(), tokens.last()) else { return false };
    is_word(words, Meaning::DataKindStart, start)
        || is_word(words, Meaning::DataKindEnd, end)
        || words.texts(Meaning::DataKindEnd).any(|word| end.ends_with(word))
}

/// Whether a word in the singular or plural has a meaning.
fn is_word(words: &Vocabulary, meaning: Meaning, word: &str) -> bool {
    words.is(meaning, word) || word.strip_suffix('s').is_some_and(|singular| words.is(meaning, singular))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_data_are_known_by_their_heads() {
        for (text, expected) in [
            ("Account data", true),
            ("First name, last name, e-mail", true),
            ("IP addresses (shortened)", true),
            ("Username and host of the device", true),
            ("Nutzungsdaten", true),
            ("Kontaktdaten und Adressen", true),
            ("Accountgegevens", true),
            ("Données de compte", true),
            ("Datos de pago", true),
            ("Indirizzo IP", true),
            ("Dane konta", true),
            ("Alder Storage", false),
            ("Data Alder", false),
            ("Datenwerk Birke GmbH", false),
            ("E-mail delivery", false),
            ("Hosting", false),
        ] {
            assert_eq!(is_kind_of_data(Vocabulary::builtin(), text), expected, "{text}");
        }
    }
}
