//! Whether two names are names of the same vendor. A rename is a statement about the name: what
//! else the two entries say can support a likeness, but never makes one.

use std::collections::BTreeSet;

use crate::{
    model::{Text, fold},
    vocabulary::{Meaning, Vocabulary},
};

use super::text_diff::likeness_of_letters;

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same name in another form; the reason says which.
    Strong(&'static str),
    /// A shorter form that could stand for other vendors, too, unless nothing else they say agrees.
    Short(&'static str),
    /// The same name but for a slip of the pen, unless what else they say speaks against it.
    Slip(&'static str),
    /// One may have become the other, if what else they say agrees.
    Weak(&'static str),
}

/// A name, taken apart once for many comparisons.
#[derive(Debug)]
pub(super) struct NameForm {
    /// The folded name.
    pub folded: String,
    /// Its words outside parentheses, without legal form.
    outside: Vec<String>,
    /// Its words inside parentheses.
    inside: Vec<String>,
    /// Its letters and digits, outside parentheses.
    letters: String,
    /// All its letters and digits.
    all_letters: String,
    /// An earlier name that it states itself: "Meta (formerly Facebook)".
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
        let earlier = earlier_name(inside.trim()).map(words);
        let outside = words(&outside);
        let inside = words(&inside);
        let letters = outside.concat();
        NameForm { all_letters: format!("{letters}{}", inside.concat()), letters, outside, inside, folded, earlier }
    }

    fn all(&self) -> BTreeSet<&str> {
        self.outside.iter().chain(&self.inside).map(String::as_str).collect()
    }

    /// The words by which a similar name can be found.
    pub fn index_words(&self) -> impl Iterator<Item = &str> {
        self.outside.iter().chain(&self.inside).map(String::as_str)
    }

    fn is_abbreviation_of(&self, other: &NameForm) -> bool {
        let initials: String = other.outside.iter().filter_map(|word| word.chars().next()).collect();
        self.outside.len() == 1 && initials.chars().count() >= 2 && self.letters == initials
    }
}

/// Whether two names are one in other spellings: "Quill, Inc." and "Quill Inc.", or "Quill (new)" and
/// "Quill". A mark of what is new comes and goes, and is no part of the name.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let plain = |name: &str| fold(&name.replace(',', " "));
    plain(a) == plain(b)
        || match (new_mark(a), new_mark(b)) {
            (Some(at), None) => plain(&a[..at]) == plain(b),
            (None, Some(at)) => plain(a) == plain(&b[..at]),
            _ => false,
        }
}

/// Where the mark of what is new begins, behind a name: "(new)", "(new as of May 2024)".
fn new_mark(name: &str) -> Option<usize> {
    let inner = name.trim_end().strip_suffix([')', ']'])?;
    let at = inner.rfind(['(', '['])?;
    let mut words = inner[at + 1..].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_new = words.next()?.eq_ignore_ascii_case("new");
    // "(New York)" is a place, and "(new as Quill Ltd)" a name.
    let vocabulary = Vocabulary::builtin();
    let date = words
        .next()
        .is_none_or(|word| vocabulary.is(Meaning::NewMarkDate, &word.to_lowercase()) && words.any(is_part_of_date));
    (at > 0 && is_new && date).then_some(at)
}

fn is_part_of_date(word: &str) -> bool {
    Vocabulary::builtin().month(&word.to_lowercase()).is_some() || word.bytes().all(|b| b.is_ascii_digit())
}

/// The name behind a word like "formerly".
fn earlier_name(text: &str) -> Option<&str> {
    let (word, name) = text.split_once(' ')?;
    Vocabulary::builtin().is(Meaning::EarlierName, word).then_some(name)
}

fn words(text: &str) -> Vec<String> {
    let vocabulary = Vocabulary::builtin();
    let raw =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '+' | ':' | ';' | '"' | '|' | '&'));
    let mut words: Vec<String> = raw
        .map(without_domain)
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
        .filter(|word| !word.is_empty() && !vocabulary.is(Meaning::NameFiller, word))
        .collect();
    // "A/S" and "S.p.A." fall apart or not; a name that is nothing but a legal form stays.
    let without: Vec<String> = words.iter().filter(|word| !vocabulary.is(Meaning::LegalForm, word)).cloned().collect();
    if !without.is_empty() {
        words = without;
    }
    words
}

/// A word without the ending of a web address: "monday" of "monday.com".
fn without_domain(word: &str) -> &str {
    let stem = word.rfind('.').filter(|at| *at > 0 && Vocabulary::builtin().is(Meaning::Domain, &word[*at..]));
    stem.map_or(word, |at| &word[..at])
}

fn digits(text: &str) -> Vec<char> {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// How alike two names are; `None` when they are names of different vendors.
pub(super) fn likeness(a: &NameForm, b: &NameForm) -> Option<Likeness> {
    let (all_a, all_b) = (a.all(), b.all());
    if all_a.is_empty() || all_b.is_empty() {
        return None;
    }
    if all_a == all_b {
        return Some(Likeness::Strong("the same words"));
    }
    if a.outside == b.outside && (a.inside.is_empty() || b.inside.is_empty()) && !a.outside.is_empty() {
        return Some(Likeness::Short("the same name without its parenthesis"));
    }
    if !a.letters.is_empty() && a.letters == b.letters && (a.inside.is_empty() || b.inside.is_empty()) {
        return Some(Likeness::Strong("the same letters"));
    }
    if a.is_abbreviation_of(b) || b.is_abbreviation_of(a) {
        return Some(Likeness::Short("an abbreviation"));
    }
    if b.earlier.as_ref() == Some(&a.outside) || a.earlier.as_ref() == Some(&b.outside) {
        return Some(Likeness::Strong("the earlier name in parentheses"));
    }
    let length = a.all_letters.chars().count().min(b.all_letters.chars().count());
    if digits(&a.folded) == digits(&b.folded) {
        let slips = strsim::osa_distance(&a.all_letters, &b.all_letters);
        if (length >= 6 && slips == 1) || (length >= 12 && slips == 2) {
            return Some(Likeness::Slip("a slip of the pen"));
        }
        let first = |form: &NameForm| form.all_letters.chars().next();
        if length >= 5 && first(a) == first(b) && likeness_of_letters(&a.all_letters, &b.all_letters) >= 0.85 {
            return Some(Likeness::Weak("similar letters"));
        }
    }
    if all_a.is_subset(&all_b) || all_b.is_subset(&all_a) {
        return Some(Likeness::Weak("words of one name in the other"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(a: &str, b: &str) -> Option<Likeness> {
        let (a, b) = (NameForm::of(&a.into()), NameForm::of(&b.into()));
        assert_eq!(likeness(&a, &b), likeness(&b, &a), "likeness has no direction");
        likeness(&a, &b)
    }

    #[test]
    fn the_same_name_in_another_form() {
        for (a, b) in [
            ("OpenAI, L.P.", "OpenAI, L.L.C."),
            ("Nexmo", "Nexmo Inc."),
            ("Azure (Microsoft)", "Microsoft (Azure)"),
            ("Amazon Web Services", "Amazon Web Services (AWS)"),
            ("AWS", "Amazon Web Services"),
            ("Help Scout", "HelpScout"),
            ("Monday.com", "Monday"),
            ("Facebook", "Meta (formerly Facebook)"),
            ("Vercel", "Vercel, Inc."),
        ] {
            assert!(
                matches!(like(a, b), Some(Likeness::Strong(_) | Likeness::Short(_))),
                "{a} / {b}: {:?}",
                like(a, b)
            );
        }
    }

    #[test]
    fn marks_and_commas_are_no_part_of_a_name() {
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
    fn slips_of_the_pen() {
        for (a, b) in [("Sendgird", "SendGrid"), ("Mailgunn", "Mailgun"), ("Twillio Inc", "Twilio, Inc.")] {
            assert!(matches!(like(a, b), Some(Likeness::Slip(_))), "{a} / {b}: {:?}", like(a, b));
        }
    }

    #[test]
    fn a_part_of_a_name_needs_support() {
        for (a, b) in [("GitLab", "GitLab Hosted"), ("Cloudflare", "Cloudflare Pages"), ("Twilio", "SendGrid (Twilio)")]
        {
            assert!(matches!(like(a, b), Some(Likeness::Weak(_))), "{a} / {b}: {:?}", like(a, b));
        }
    }

    #[test]
    fn other_vendors_are_other_vendors() {
        for (a, b) in [
            ("Lithium", "Discourse"),
            ("reCAPTCHA", "hCaptcha"),
            ("Google (Gemini)", "Google (Vertex)"),
            ("Google Analytics", "Google Cloud Platform"),
            ("Server 1", "Server 2"),
            ("Mailgun", "Mailjet"),
            ("Box", "Fox"),
            ("Segment", "Sentry"),
            ("用途", "目的"),
        ] {
            assert_eq!(like(a, b), None, "{a} / {b}");
        }
    }
}
