//! Whether two names are names of the same vendor.
//!
//! A rename must be evident from the names. Equal fields can support a similarity of names, but
//! never replace it. The measure is fixed and our own, because signed results depend on it:
//!
//! 1. A name is folded and split into words. Legal forms ("GmbH", "Sp. z o.o."), endings of web
//!    addresses (".com") and fillers ("the") are removed; words in parentheses are kept apart.
//! 2. Names of the same words in any order, or of the same letters, are the same name.
//! 3. The distance of two names is the number of letters to insert, delete, replace or swap with
//!    their neighbour (optimal string alignment) between their letters and digits, without spaces.
//!    It counts as a typo up to [`TYPO_LIMITS`], and as similar up to [`SIMILAR_SHARE`].
//!    Names with different digits are never compared by distance: "Server 1" is not "Server 2".
//!
//! The first relation that applies, in the order of [`NameRelation`], counts.

use std::collections::BTreeSet;

use crate::{
    model::{Text, fold},
    vocabulary::{Meaning, Vocabulary},
};

/// Typos: the shortest name, in letters, that may have up to this distance.
const TYPO_LIMITS: [(usize, usize); 2] = [(6, 1), (12, 2)];
/// Names are similar if their distance is at most one tenth of the letters of both together, that is
/// if four of five letters are the same.
const SIMILAR_SHARE: usize = 10;
/// Shorter names, in letters, are never similar.
const SIMILAR_MIN_LETTERS: usize = 5;
/// Most words of a legal form.
const MAX_LEGAL_FORM_WORDS: usize = 5;

/// How one name relates to another, from the closest relation to the most distant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameRelation {
    /// The same words, apart from order and legal form.
    SameWords,
    /// One has a parenthesis that the other does not have.
    WithoutParenthesis,
    /// The parentheses state the name of the company, one of them more fully: "Quill (Quill Ireland)" and
    /// "Quill (Quill Ireland Operations Ltd)".
    FullerParenthesis,
    /// The same letters, with other spaces and punctuation.
    SameLetters,
    /// One is the acronym of the other.
    Acronym,
    /// One states the other as its earlier name: "Meta (formerly Facebook)".
    StatesEarlierName,
    /// They differ by one typing error.
    Typo,
    /// Most letters are the same.
    SimilarLetters,
    /// All words of one occur in the other.
    SharedWords,
}

/// The evidence that a relation needs besides the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The names alone are sufficient.
    None,
    /// The other fields must not all differ.
    NotAllDifferent,
    /// At least half of the other fields must agree, if there are any.
    HalfEqual,
    /// At least half of the other fields must agree, and a value must be distinctive.
    DistinctiveHalfEqual,
}

impl NameRelation {
    /// The evidence that the relation needs besides the names.
    pub(super) fn evidence_needed(self) -> Evidence {
        match self {
            NameRelation::SameWords
            | NameRelation::FullerParenthesis
            | NameRelation::SameLetters
            | NameRelation::StatesEarlierName => Evidence::None,
            NameRelation::WithoutParenthesis | NameRelation::Acronym => Evidence::NotAllDifferent,
            NameRelation::Typo => Evidence::HalfEqual,
            NameRelation::SimilarLetters | NameRelation::SharedWords => Evidence::DistinctiveHalfEqual,
        }
    }
}

/// A name, split once for many comparisons.
#[derive(Debug)]
pub(super) struct NameForm {
    /// The words outside parentheses, without legal form.
    outside: Vec<String>,
    /// The words inside parentheses.
    inside: Vec<String>,
    /// The letters and digits outside parentheses.
    letters: String,
    /// All letters and digits.
    all_letters: Vec<char>,
    /// All digits of the name.
    digits: String,
    /// An earlier name that the name states: "Meta (formerly Facebook)".
    earlier: Option<Vec<String>>,
}

impl NameForm {
    pub fn of(name: &Text) -> Self {
        let folded = fold(name.as_str());
        let (mut outside, mut inside) = (String::new(), String::new());
        let mut depth = 0usize;
        for c in folded.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ if depth > 0 => inside.push(c),
                _ => outside.push(c),
            }
        }
        // "(or similar)" leaves open who it is, and distinguishes no vendor.
        if Vocabulary::builtin().is(Meaning::NameFiller, inside.trim()) {
            inside.clear();
        }
        let earlier = earlier_name(inside.trim()).map(words);
        let (outside, inside) = (words(&outside), words_in_parentheses(&inside));
        let letters = outside.concat();
        let all_letters = letters.chars().chain(inside.iter().flat_map(|word| word.chars())).collect();
        let digits = folded.chars().filter(char::is_ascii_digit).collect();
        NameForm { outside, inside, letters, all_letters, digits, earlier }
    }

    /// All words, without order.
    fn all_words(&self) -> BTreeSet<&str> {
        self.words().collect()
    }

    /// All words, those outside parentheses first.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.outside.iter().chain(&self.inside).map(String::as_str)
    }

    /// Keys of which two names share one if they are related by anything but typos, similar letters
    /// and shared words.
    pub fn keys(&self) -> BTreeSet<String> {
        let mut sorted: Vec<&str> = self.all_words().into_iter().collect();
        sorted.sort_unstable();
        let earlier = self.earlier.as_ref().map(|words| words.concat());
        let acronym = Some(self.acronym()).filter(|acronym| acronym.chars().count() >= 2);
        [sorted.concat(), self.letters.clone()].into_iter().chain(earlier).chain(acronym).collect()
    }

    /// Whether the parenthesis contains the whole name outside of it, and all words of another parenthesis.
    fn states_company_of(&self, other: &NameForm) -> bool {
        !other.inside.is_empty() && self.outside.iter().chain(&other.inside).all(|word| self.inside.contains(word))
    }

    fn acronym(&self) -> String {
        self.outside.iter().filter_map(|word| word.chars().next()).collect()
    }

    fn is_acronym_of(&self, other: &NameForm) -> bool {
        let acronym = other.acronym();
        self.outside.len() == 1 && acronym.chars().count() >= 2 && self.letters == acronym
    }
}

/// Whether two names differ only in spelling: "Quill, Inc." and "Quill Inc.", or "Quill (new)" and
/// "Quill". A mark of new entries is not part of the name.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let (plain_a, plain_b) = (without_commas(a), without_commas(b));
    plain_a == plain_b
        || match (new_mark(a), new_mark(b)) {
            (Some(at), None) => without_commas(&a[..at]) == plain_b,
            (None, Some(at)) => plain_a == without_commas(&b[..at]),
            _ => false,
        }
}

fn without_commas(name: &str) -> String {
    fold(&name.replace(',', " "))
}

/// The position of a mark of new entries after a name: "(new)", "(new as of May 2024)".
fn new_mark(name: &str) -> Option<usize> {
    let inner = name.trim_end().strip_suffix([')', ']'])?;
    let at = inner.rfind(['(', '['])?;
    let mut words = inner[at + 1..].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_new = words.next()?.eq_ignore_ascii_case("new");
    // "(New York)" is a place, and "(new as Quill Ltd)" a name.
    let is_only_date = words.next().is_none_or(|word| begins_date(word) && words.any(is_part_of_date));
    (at > 0 && is_new && is_only_date).then_some(at)
}

fn begins_date(word: &str) -> bool {
    Vocabulary::builtin().is(Meaning::NewMarkDate, &word.to_lowercase())
}

fn is_part_of_date(word: &str) -> bool {
    Vocabulary::builtin().month(&word.to_lowercase()).is_some() || word.bytes().all(|b| b.is_ascii_digit())
}

/// The name after a word like "formerly".
fn earlier_name(text: &str) -> Option<&str> {
    let (word, name) = text.split_once(' ')?;
    Vocabulary::builtin().is(Meaning::EarlierName, word).then_some(name)
}

fn words(text: &str) -> Vec<String> {
    let words = all_words(text);
    let without = without_legal_forms(&words);
    // A name that consists of a legal form stays.
    if without.is_empty() { words } else { without }
}

/// The words in parentheses, which are often only a legal form: "AB (publ)".
fn words_in_parentheses(text: &str) -> Vec<String> {
    without_legal_forms(&all_words(text))
}

fn all_words(text: &str) -> Vec<String> {
    let raw =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '+' | ':' | ';' | '"' | '|' | '&'));
    raw.map(without_domain)
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty() && !Vocabulary::builtin().is(Meaning::NameFiller, word))
        .map(|word| Vocabulary::builtin().without_attached_legal_form(&word).to_owned())
        .collect()
}

/// A word without the ending of a web address: "monday" of "monday.com".
fn without_domain(word: &str) -> &str {
    let end = word.rfind('.').filter(|at| *at > 0 && Vocabulary::builtin().is(Meaning::Domain, &word[*at..]));
    end.map_or(word, |at| &word[..at])
}

/// Words without those of a legal form, however it is split into words: "s.p.a.", "s p a".
fn without_legal_forms(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = MAX_LEGAL_FORM_WORDS.min(words.len() - at);
        match (1..=longest)
            .rev()
            .find(|length| Vocabulary::builtin().is(Meaning::LegalForm, &words[at..at + length].concat()))
        {
            Some(length) => at += length,
            None => {
                kept.push(words[at].clone());
                at += 1;
            }
        }
    }
    kept
}

/// How two names are related; `None` if they are names of different vendors. Symmetric.
pub(super) fn relation(a: &NameForm, b: &NameForm) -> Option<NameRelation> {
    let (words_a, words_b) = (a.all_words(), b.all_words());
    if words_a.is_empty() || words_b.is_empty() {
        return None;
    }
    let one_without_parenthesis = a.inside.is_empty() || b.inside.is_empty();
    if words_a == words_b {
        Some(NameRelation::SameWords)
    } else if a.outside == b.outside && one_without_parenthesis && !a.outside.is_empty() {
        Some(NameRelation::WithoutParenthesis)
    } else if a.outside == b.outside && (a.states_company_of(b) || b.states_company_of(a)) {
        Some(NameRelation::FullerParenthesis)
    } else if !a.letters.is_empty() && a.letters == b.letters && one_without_parenthesis {
        Some(NameRelation::SameLetters)
    } else if a.is_acronym_of(b) || b.is_acronym_of(a) {
        Some(NameRelation::Acronym)
    } else if b.earlier.as_ref() == Some(&a.outside) || a.earlier.as_ref() == Some(&b.outside) {
        Some(NameRelation::StatesEarlierName)
    } else {
        relation_by_distance(a, b).or_else(|| {
            (words_a.is_subset(&words_b) || words_b.is_subset(&words_a)).then_some(NameRelation::SharedWords)
        })
    }
}

/// The words of a name without its legal form and without remarks in parentheses. `None` if it consists of such a remark.
pub fn name_words(name: &Text) -> Option<String> {
    let words = NameForm::of(name).outside;
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether two names are related, so that they may be names of the same vendor.
pub fn names_are_related(a: &Text, b: &Text) -> bool {
    relation(&NameForm::of(a), &NameForm::of(b)).is_some()
}

fn relation_by_distance(a: &NameForm, b: &NameForm) -> Option<NameRelation> {
    if a.digits != b.digits {
        return None;
    }
    let (shorter, longer) =
        (a.all_letters.len().min(b.all_letters.len()), a.all_letters.len().max(b.all_letters.len()));
    let typos = TYPO_LIMITS.iter().filter(|(min_letters, _)| shorter >= *min_letters).map(|(_, limit)| *limit).max();
    let similar = (shorter + longer) / SIMILAR_SHARE;
    if longer - shorter > similar.max(typos.unwrap_or(0)) {
        return None;
    }
    let distance = edit_distance(&a.all_letters, &b.all_letters);
    let same_first_letter = a.all_letters.first() == b.all_letters.first();
    if typos.is_some_and(|limit| distance <= limit) {
        Some(NameRelation::Typo)
    } else if shorter >= SIMILAR_MIN_LETTERS && same_first_letter && distance <= similar {
        Some(NameRelation::SimilarLetters)
    } else {
        None
    }
}

/// The optimal string alignment distance: the least number of insertions, deletions, replacements and
/// swaps of neighbours between two texts, where no letter is edited twice.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(letter != other);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{NameRelation::*, *};

    fn related(a: &str, b: &str) -> Option<NameRelation> {
        let (a, b) = (NameForm::of(&a.into()), NameForm::of(&b.into()));
        assert_eq!(relation(&a, &b), relation(&b, &a), "the relation is symmetric");
        if relation(&a, &b).is_some_and(|relation| relation < Typo) {
            assert!(!a.keys().is_disjoint(&b.keys()), "{a:?} and {b:?} share a key");
        }
        relation(&a, &b)
    }

    #[test]
    fn names_of_the_same_vendor_are_related() {
        for (a, b, expected) in [
            // Legal forms of one and of several words.
            ("OpenAI, L.P.", "OpenAI, L.L.C.", SameWords),
            ("Nexmo", "NexMo Inc", SameWords),
            ("Vercel", "Vercel, Inc.", SameWords),
            ("Quill GmbH", "Quill GmbH & Co. KG", SameWords),
            ("Quill Sp. z o.o.", "Quill", SameWords),
            ("Quill sp.zo.o.", "Quill Sp. z o. o.", SameWords),
            ("Quill S.à r.l.", "Quill SARL", SameWords),
            ("Quill S. p. A.", "Quill SpA", SameWords),
            ("Quill A/S", "Quill", SameWords),
            ("Quill d.o.o.", "Quill", SameWords),
            ("Quill S.A. de C.V.", "Quill", SameWords),
            ("Quill Pty Ltd", "Quill Pty. Limited", SameWords),
            ("Quill Private Limited", "Quill Pvt. Ltd.", SameWords),
            ("Quill Public Limited Company", "Quill plc", SameWords),
            ("Quill Limited Liability Company", "Quill LLC", SameWords),
            ("Quill Sdn. Bhd.", "Quill", SameWords),
            ("AB Volvo", "Volvo", SameWords),
            ("Quill Holding S.à r.l. et Cie, S.C.A.", "Quill Holding S.à r.l.", SameWords),
            ("Quill GmbH & Co. KGaA", "Quill AG & Co. KG", SameWords),
            ("Quill Sp. z o.o. Sp. k.", "Quill Spółka Akcyjna", SameWords),
            ("Quill Co., Ltd.", "Quill Sdn Bhd", SameWords),
            ("Quill PLT", "Quill a.s.", SameWords),
            ("Quill spol. s r.o.", "Quill s. r. o.", SameWords),
            ("Quill AB (publ)", "Quill", SameWords),
            ("UAB „Quill“", "Quill OÜ", SameWords),
            ("PT Quill Tbk", "Quill", SameWords),
            ("Quill Anonim Şirketi", "Quill A.Ş.", SameWords),
            ("Quill ehf.", "Quill hf.", SameWords),
            ("ТОВ \"Quill\"", "Quill EOOD", SameWords),
            ("株式会社羽根", "羽根", SameWords),
            ("羽根(株)", "羽根株式会社", SameWords),
            ("주식회사 깃털", "(주)깃털", SameWords),
            ("羽毛科技有限公司", "羽毛科技股份有限公司", SameWords),
            ("Quill Public Benefit Corporation", "Quill, PBC", SameWords),
            ("Gesellschaft", "Gesellschaft mbH", SameWords),
            // Order, fillers, punctuation.
            ("Azure (Microsoft)", "Microsoft (Azure)", SameWords),
            ("Microsoft Azure", "Azure, Microsoft", SameWords),
            ("Bank of Ireland", "Bank Ireland", SameWords),
            ("The Rocket Science Group", "Rocket Science Group LLC", SameWords),
            ("Nordhaven & Sons", "Nordhaven and Sons", SameWords),
            ("Monday.com", "Monday", SameWords),
            ("Sentry.io", "Sentry", SameWords),
            ("Help Scout", "HelpScout", SameLetters),
            ("Data-dog", "Datadog, Inc.", SameLetters),
            ("New-Relic", "NewRelic", SameLetters),
            // Parentheses and acronyms.
            ("Amazon Web Services", "Amazon Web Services (AWS)", WithoutParenthesis),
            ("Intercom (support)", "Intercom, Inc.", WithoutParenthesis),
            ("AWS", "Amazon Web Services", Acronym),
            ("IBM Corp.", "International Business Machines Corporation", Acronym),
            ("Facebook", "Meta (formerly Facebook)", StatesEarlierName),
            ("Twitter, Inc.", "X Corp. (formerly Twitter)", StatesEarlierName),
            ("Linnet (Linnet Ireland)", "Linnet (Linnet Ireland Operations Ltd)", FullerParenthesis),
            // Typos and changes of some letters.
            ("Sendgird", "SendGrid", Typo),
            ("Mailgunn", "Mailgun", Typo),
            ("Twillio Inc", "Twilio, Inc.", Typo),
            ("Cloudflre", "Cloudflare", Typo),
            ("Digitl Ocaen, LLC", "DigitalOcean", SimilarLetters),
            ("Salesforce Marketng Cluod", "Salesforce Marketing Cloud", Typo),
            ("Stripe Payment Europe", "Stripe Payments Europe", Typo),
            ("Cloudflare Analytic", "Cloudflare Analytisch", Typo),
            // One is part of the other.
            ("GitLab", "GitLab Hosted", SharedWords),
            ("Cloudflare", "Cloudflare Pages", SharedWords),
            ("Twilio", "SendGrid (Twilio)", SharedWords),
            ("Google", "Google Cloud EMEA Limited", SharedWords),
        ] {
            assert_eq!(related(a, b), Some(expected), "{a} / {b}");
        }
    }

    #[test]
    fn names_of_different_vendors_are_not_related() {
        for (a, b) in [
            ("Lithium", "Discourse"),
            ("Datadog", "AppSignal"),
            ("reCAPTCHA", "hCaptcha"),
            ("HelpScout", "Jira"),
            ("HelpScout", "Jira Service Management"),
            ("Google (Gemini)", "Google (Vertex)"),
            ("Google (Google Gemini)", "Google (Google Vertex)"),
            ("Google Analytics", "Google Cloud Platform"),
            ("Server 1", "Server 2"),
            ("Region 10 Hosting", "Region 11 Hosting"),
            ("Mailgun", "Mailjet"),
            ("Mailchimp", "Mailgun"),
            ("Box", "Fox"),
            ("Bird", "Bard"),
            ("Segment", "Sentry"),
            ("Asana", "Astra"),
            ("Amazon SES", "Amazon SQS Hosting"),
            ("Twilio", "Tipalti"),
            ("Pusher", "Pushwoosh"),
            ("Zoom", "Zoho"),
            ("Zendex", "Zendesk"),
            ("Slack", "Snowflake"),
            ("AWS", "Azure Web"),
            ("GmbH", "Inc."),
            ("Quill Holding S.à r.l. et Cie, S.C.A.", "Ferret Holding S.à r.l. et Cie, S.C.A."),
            ("株式会社羽根", "株式会社鉛筆"),
            ("用途", "目的"),
        ] {
            assert_eq!(related(a, b), None, "{a} / {b}");
        }
    }

    #[test]
    fn marks_and_commas_are_not_part_of_a_name() {
        for (a, b) in [("Quill, Inc.", "Quill Inc."), ("Quill (NEW)", "Quill"), ("Quill", "Quill [new as of May]")] {
            assert!(same_name(a, b), "{a} / {b}");
        }
        for (a, b) in [
            ("Quill (new as of May)", "Quill (new as of June)"),
            ("Quill (beta)", "Quill"),
            ("Quill (New York)", "Quill"),
            ("Quill (new as Quill Ltd)", "Quill"),
            ("Quill (new 3PL)", "Quill"),
            ("Quill (new in Maryland)", "Quill"),
            ("(new)", "Quill"),
            ("Quill (newer)", "Quill"),
        ] {
            assert!(!same_name(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn the_edit_distance_counts_letters() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "abd", 1),
            ("abcd", "acbd", 1),
            ("ca", "abc", 3),
            ("sendgird", "sendgrid", 1),
            ("kitten", "sitting", 3),
        ] {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(edit_distance(&a, &b), expected);
        }
    }
}
