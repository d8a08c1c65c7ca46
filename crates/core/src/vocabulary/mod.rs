//! Words as data: what headers, headings, statuses and names are made of, in the languages of the EU.
//!
//! `words.tsv` has one word per line; it explains its columns. [`Vocabulary::builtin`] is that table.
//! Reading and comparing use the vocabulary; publishing and verifying do not.

mod areas;
mod arrange;
mod header;
mod label;
mod sorted;
mod towns;
mod usage;
mod word;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    ops::Range,
    sync::{Arc, LazyLock},
};

use self::{header::Headers, sorted::Sorted, word::Kind};
use crate::model::fold;

pub use areas::Area;
pub(crate) use areas::US;
pub use header::{Fitness, HeaderRole};
pub use label::is_unspaced;
pub use label::readable;
pub use towns::Town;
pub use usage::{Use, Uses};
pub use word::{BadWords, Fault, Lifecycle, Meaning, Word};

/// The words for reading and comparing. Clones are cheap: they share the words.
#[derive(Clone)]
pub struct Vocabulary(Arc<Tables>);

/// A table of words, arranged for searching.
#[derive(Debug)]
struct Tables {
    table: Cow<'static, str>,
    /// The places of the words of each kind in the table, in bytes, and of the filter among those.
    blocks: Vec<(Range<usize>, Range<usize>)>,
}

impl Vocabulary {
    /// The table of words that is part of the program.
    pub const WORDS: &str = include_str!("words.tsv");

    /// The vocabulary of the program.
    pub fn builtin() -> &'static Vocabulary {
        /// [`Vocabulary::WORDS`], as the build script arranged them.
        const WORDS: &str = include_str!(concat!(env!("OUT_DIR"), "/words"));
        static BUILTIN: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of_table(WORDS.into()));
        &BUILTIN
    }

    /// A vocabulary with the words of this table, which is written like [`Vocabulary::WORDS`].
    ///
    /// # Errors
    /// [`BadWords`] with the first line that is not a word.
    pub fn parse(table: &str) -> Result<Self, BadWords> {
        word::words(table).try_for_each(|word| word.map(drop))?;
        Ok(Vocabulary::of_table(arrange::words(table).into()))
    }

    /// A vocabulary with the words of this table, which [`arrange::words`] returned.
    fn of_table(table: Cow<'static, str>) -> Self {
        let mut blocks = vec![(0..0, 0..0); Kind::ALL.len()];
        let lengths = table.split_once("\n\n").map_or("", |(lengths, _)| lengths);
        let mut end = lengths.len() + 2;
        for (kind, length) in lengths.lines().filter_map(|line| line.split_once('\t')) {
            let start = end;
            end += length.parse::<usize>().unwrap_or_default();
            if let Some((_, kind)) = Kind::ALL.iter().find(|(name, _)| *name == kind) {
                let filter = table.get(start..end).map(sorted::filter_of).unwrap_or_default();
                blocks[*kind as usize] = (start..end, filter);
            }
        }
        Vocabulary(Arc::new(Tables { table, blocks }))
    }

    /// The words of a kind: text, what is behind the colon of its meaning, and uses.
    fn words(&self, kind: Kind) -> Sorted<'_> {
        let (block, filter) = self.0.blocks.get(kind as usize).cloned().unwrap_or_default();
        Sorted::with_filter(self.0.table.get(block).unwrap_or_default(), filter)
    }

    fn headers(&self) -> Headers<'_> {
        Headers::new(self.words(Kind::Role))
    }

    /// Whether a folded text is one of the words of a meaning without an argument.
    pub fn is(&self, meaning: Meaning, folded: &str) -> bool {
        self.words(meaning.kind()).contains(folded)
    }

    /// The words of a meaning without an argument, in the order of their bytes.
    pub fn texts(&self, meaning: Meaning) -> impl Iterator<Item = &str> {
        self.words(meaning.kind()).keys()
    }

    /// Whether one of the words of a folded text is a word of this meaning.
    pub fn has_word(&self, meaning: Meaning, folded: &str) -> bool {
        folded.split(|c: char| !c.is_alphanumeric()).any(|word| self.is(meaning, word))
    }

    /// Whether a text contains a word or phrase of this meaning, also inside longer words.
    pub fn mentions(&self, meaning: Meaning, text: &str) -> bool {
        let folded = fold(text);
        self.texts(meaning).any(|text| folded.contains(text))
    }

    /// Whether a text, folded and with a space on both sides of each word, contains a word or phrase of this meaning.
    pub fn has_phrase(&self, meaning: Meaning, spaced: &str) -> bool {
        self.phrases_in(meaning, spaced).next().is_some()
    }

    /// The words and phrases of this meaning in a text that is folded and has a space on both sides of each word.
    pub fn phrases_in<'v>(&'v self, meaning: Meaning, spaced: &'v str) -> impl Iterator<Item = &'v str> {
        let words = self.words(meaning.kind());
        let starts = spaced.bytes().enumerate().filter(|(_, byte)| *byte == b' ').map(|(at, _)| at + 1);
        starts.flat_map(move |start| {
            let rest = &spaced[start..];
            let word = &rest[..rest.bytes().position(|byte| byte == b' ').unwrap_or(0)];
            let is_known = !word.is_empty() && words.may_begin(word);
            // Phrases that begin with the word follow it in the table.
            let known = is_known.then(|| words.from(word).keys().take_while(move |key| key.starts_with(word)));
            let known = known.into_iter().flatten();
            known.filter(move |key| rest.strip_prefix(*key).is_some_and(|rest| rest.starts_with(' ')))
        })
    }

    /// Whether a word of a text, folded and with a space on both sides of each word, begins with one of this meaning.
    pub fn has_stem(&self, meaning: Meaning, spaced: &str) -> bool {
        // The article of "l'ajout" is not a part of the word.
        let begins_word = |at: usize| spaced[..at].ends_with([' ', '\'']);
        self.texts(meaning).any(|stem| spaced.match_indices(stem).any(|(at, _)| begins_word(at)))
    }

    /// The number that a folded word means: "thirty". Only numbers that promises of notice contain.
    pub fn number(&self, word: &str) -> Option<u16> {
        argument(self.words(Kind::Number).get(word)?).parse().ok()
    }

    /// Whether some words of a folded text are a word or phrase of this meaning, of a few words. In a script without
    /// spaces, it may be a part of a longer word.
    pub fn mentions_phrase(&self, meaning: Meaning, folded: &str) -> bool {
        let words: Vec<&str> =
            folded.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
        (0..words.len()).any(|at| {
            (at + 1..=words.len().min(at + MAX_PHRASE_WORDS)).any(|end| self.is(meaning, &words[at..end].join(" ")))
        }) || folded.contains(is_unspaced) && self.contains_unspaced(meaning, folded)
    }

    /// Whether a folded text contains a word of this meaning in a script without spaces. Words of one character are
    /// parts of too many others.
    fn contains_unspaced(&self, meaning: Meaning, folded: &str) -> bool {
        let texts = self.texts(meaning).filter(|text| text.chars().filter(|c| is_unspaced(*c)).count() > 1);
        texts.into_iter().any(|text| folded.contains(text))
    }

    /// Whether a folded text begins with a word or phrase of this meaning.
    pub fn begins_with(&self, meaning: Meaning, folded: &str) -> bool {
        self.texts(meaning)
            .any(|text| folded.strip_prefix(text).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    }

    /// Whether a heading or sentence is about vendors.
    pub fn is_about_vendors(&self, text: &str) -> bool {
        self.has_vendor(Kind::VendorHeading, &without_hyphens(text))
    }

    /// Whether the header of a column of names states that they are vendors.
    pub fn is_vendor_column(&self, header: &str) -> bool {
        self.has_vendor(Kind::VendorColumn, &without_hyphens(header))
    }

    /// Whether a file of this name may contain a list of vendors.
    pub fn is_vendor_file(&self, name: &str) -> bool {
        let letters: String = fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
        self.has_vendor(Kind::VendorFile, &letters)
    }

    fn has_vendor(&self, kind: Kind, text: &str) -> bool {
        self.words(kind).keys().any(|word| text.contains(word))
    }

    /// A text without the full stop of its sentence. That of an abbreviation stays: "Inc.", "L.L.C.".
    pub fn without_full_stop<'t>(&self, text: &'t str) -> &'t str {
        let Some(bare) = text.strip_suffix('.') else { return text };
        let word = bare.rsplit(char::is_whitespace).next().unwrap_or_default();
        let is_abbreviation = word.contains('.') || self.is_dotted(&word.to_lowercase());
        if is_abbreviation { text } else { bare }
    }

    fn is_dotted(&self, word: &str) -> bool {
        let form = self.words(Kind::LegalForm).get(word);
        form.is_some_and(|columns| uses(columns).contain(Use::Dotted))
    }

    /// A word without a legal form at its beginning or end that no space separates from the name: "株式会社羽根".
    /// Forms of one character are not removed, because many names begin with one.
    pub fn without_attached_legal_form<'w>(&self, word: &'w str) -> &'w str {
        if !word.contains(is_unspaced) {
            return word;
        }
        let forms = self.texts(Meaning::LegalForm).filter(|form| form.contains(is_unspaced) && form.len() > 3);
        let names = forms.filter_map(|form| word.strip_prefix(form).or_else(|| word.strip_suffix(form)));
        names.filter(|name| !name.is_empty()).min_by_key(|name| name.len()).unwrap_or(word)
    }

    /// The state that a folded status begins with, and the rest of the text.
    pub fn status_prefix<'t>(&self, folded: &'t str) -> Option<(Lifecycle, &'t str)> {
        let ends = folded.char_indices().filter(|(_, c)| !c.is_alphanumeric() && *c != '-').map(|(at, _)| at);
        let ends: Vec<usize> = ends.take(MAX_STATUS_WORDS).chain([folded.len()]).collect();
        let statuses = self.words(Kind::Status);
        ends.into_iter().rev().find_map(|end| {
            let state = Lifecycle::named(argument(statuses.get(&folded[..end])?))?;
            Some((state, &folded[end..]))
        })
    }

    /// The number of a month, from its name in lower case or at least three letters at its beginning.
    /// `None` if the letters begin different months.
    pub fn month(&self, word: &str) -> Option<u32> {
        if word.chars().count() < 3 {
            return None;
        }
        let mut numbers = BTreeSet::new();
        for (name, columns) in self.words(Kind::Month).from(word).rows() {
            let number = argument(columns).parse().ok();
            if name == word {
                return number;
            }
            if !name.starts_with(word) {
                break;
            }
            numbers.extend(number);
        }
        numbers.first().copied().filter(|_| numbers.len() == 1)
    }
}

/// What is behind the colon of a meaning, in the columns of a word.
fn argument(columns: &str) -> &str {
    columns.split_once('\t').map_or(columns, |(argument, _)| argument)
}

/// The uses in the columns of a word.
fn uses(columns: &str) -> Uses {
    Uses::named(columns.split_once('\t').map_or("", |(_, uses)| uses))
}

/// Most words of a phrase in a text: "has the right to".
const MAX_PHRASE_WORDS: usize = 4;

/// Most words of a status that are looked up together: "not enabled by default".
const MAX_STATUS_WORDS: usize = 5;

/// A folded text in which compounds are one word: "Sub-processors" and "sub processors" are
/// "subprocessors", "sous-traitant" is "sous traitant".
fn without_hyphens(text: &str) -> String {
    fold(text).replace('-', " ").replace("sub ", "sub")
}

/// A folded name with hyphens for its spaces, and with spaces for its hyphens.
fn respelled(name: &str) -> impl Iterator<Item = String> {
    let spellings = [(" ", "-"), ("-", " ")].into_iter().filter(|(from, _)| name.contains(from));
    spellings.map(|(from, to)| name.replace(from, to))
}

/// The vocabulary of the program.
impl Default for Vocabulary {
    fn default() -> Self {
        Vocabulary::builtin().clone()
    }
}

/// Vocabularies are equal if they share their words.
impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Vocabulary {}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::model::Role;

    #[test]
    fn the_table_is_sorted_without_duplicates_and_complete() {
        let words: Result<Vec<Word<'_>>, BadWords> = word::words(Vocabulary::WORDS).collect();
        let words = words.unwrap_or_else(|error| panic!("words.tsv: {error}"));
        let mut sorted = words.clone();
        sorted.sort_by_key(|word| (word.meaning.key(), word.language, word.text));
        for (found, expected) in words.iter().zip(&sorted) {
            assert_eq!(
                found.text, expected.text,
                "words.tsv is not sorted: the line of {:?} belongs before that of {:?}",
                expected.text, found.text
            );
        }
        let mut known = BTreeSet::new();
        for word in &words {
            assert!(known.insert((word.meaning, word.text)), "{:?} has two lines", word.text);
            assert!(LANGUAGES.contains(&word.language), "{:?} has an unknown language", word.text);
            assert_eq!(word.text, word.text.to_lowercase().trim(), "capitals or spaces around {:?}", word.text);
            let is_phrase = word.text.contains(' ');
            let is_one_word = matches!(word.meaning, Meaning::Conjunction | Meaning::PlaceJoiner);
            assert!(!is_one_word || !is_phrase, "{:?} is not one word", word.text);
            let needs_use = matches!(word.meaning, Meaning::Role(_));
            assert!(!needs_use || word.uses != Uses::default(), "{:?} needs a use", word.text);
        }
        for meaning in Meaning::all() {
            assert!(
                words.iter().any(|word| word.meaning == meaning),
                "add a line with the meaning {} to words.tsv",
                meaning.key()
            );
            assert_eq!(meaning.key().parse(), Ok(meaning));
        }
    }

    #[test]
    fn a_header_has_one_role() {
        let mut whole = HashMap::new();
        for word in word::words(Vocabulary::WORDS).map_while(Result::ok) {
            let is_whole = [Use::Specific, Use::Usual, Use::Possible].iter().any(|one| word.uses.contain(*one));
            if let Some(earlier) = is_whole.then(|| whole.insert(word.text, word.meaning)).flatten() {
                panic!("{:?} is a whole header of {} and of {}", word.text, earlier.key(), word.meaning.key());
            }
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for (table, line, fault) in [
            ("domain\tmul\t.com\nnonsense\ten\tword", 2, Fault::Meaning),
            ("# comment\nrole:name\ten", 2, Fault::Columns),
            ("role:name\ten\tvendor\tsometimes", 1, Fault::Use),
            ("domain\tmul\t.com\tfile", 1, Fault::Use),
            ("role:other\ten\tnotes\tusual", 1, Fault::Meaning),
        ] {
            assert_eq!(Vocabulary::parse(table), Err(BadWords { line, fault }), "{table:?}");
        }
    }

    #[test]
    fn more_and_fewer_words_can_be_used() {
        let more = Vocabulary::parse(&format!("{}role:name\ten\tgizmo\tusual,column\n", Vocabulary::WORDS));
        let more = more.expect("a valid table");
        assert_eq!((more.role_of("Gizmos"), more.is_vendor_column("Our gizmo")), (Role::Name, true));
        assert_eq!(Vocabulary::builtin().role_of("Gizmos"), Role::Other);
        let none = Vocabulary::parse("").expect("an empty table");
        assert_eq!((none.role_of("Vendor"), none.month("june")), (Role::Other, None));
    }

    #[test]
    fn the_sub_processor_word_has_one_coverage() {
        let words = Vocabulary::builtin();
        for (heading, file) in [
            ("Our Sub-processors", "sub-processors.md"),
            ("Sub processors", "subprocessors.yaml"),
            ("Unterauftragsverarbeiter", "Unterauftragsverarbeiter.md"),
            ("Unterauftragnehmern", "unterauftragnehmer.html"),
            ("Sous-traitants", "sous-traitants.md"),
            ("Sub-operadores", "suboperadores.md"),
            ("Subencargados", "subencargados.md"),
            ("Subverwerkers", "subverwerkers.md"),
            ("Subresponsabili", "subresponsabili.md"),
        ] {
            assert!(words.is_about_vendors(heading), "{heading}");
            assert!(words.is_vendor_column(heading), "{heading}");
            assert!(words.is_vendor_file(file), "{file}");
        }
        assert!(!words.is_about_vendors("Our offices") && !words.is_vendor_file("vendor.md"));
        assert!(words.is_about_vendors("Third-party providers") && !words.is_vendor_column("Third party"));
    }

    #[test]
    fn months_are_known_by_their_first_letters() {
        let words = Vocabulary::builtin();
        for (word, number) in [("june", Some(6)), ("sept", Some(9)), ("jun", Some(6)), ("ju", None), ("x", None)] {
            assert_eq!(words.month(word), number, "{word}");
        }
    }

    /// ISO 639-1 codes of the languages that the vocabulary has words in, and "mul" for words of none.
    const LANGUAGES: [&str; 35] = [
        "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "id", "is", "it", "ja", "ko",
        "lt", "lv", "ms", "mt", "mul", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk", "vi", "zh",
    ];
}
