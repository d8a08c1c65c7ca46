//! Promises of notice in sentences: "We notify you at least 30 days before we add a sub-processor."

use changecast_core::{
    model::{
        Terms, Trigger,
        terms::{Duration, DurationUnit, Event, Exception, Lead, LeadConditions, LeadTime, Objection, Window},
    },
    vocabulary::{Meaning, Vocabulary},
};

use super::sentences::{Context, Paragraph, Sentence, spaced};
use crate::read::source_text::SourceText;

/// The terms that a page states, with the sentences that state them.
#[derive(Default)]
pub(super) struct Promised {
    pub terms: Terms,
    pub wording: Vec<String>,
}

/// The number of words before a length of time that show its meaning.
const BEFORE: usize = 5;
/// The number of words after a length of time that show its meaning.
const AFTER: usize = 4;
/// The number of words after a window that name the event from which it counts.
const START: usize = 7;
/// The number of words before a window that do, as in Hungarian: "kézhezvételétől számított 14 napon belül".
const START_BEFORE: usize = 2;

/// Reads the promises of a page. Only lengths of time that are stated plainly are read.
pub(super) fn read(vocabulary: &Vocabulary, paragraphs: &[Paragraph]) -> Promised {
    let mut promised = Promised::default();
    for paragraph in paragraphs.iter().filter(|paragraph| paragraph.context != Context::History) {
        let mut is_about_vendors = paragraph.context == Context::Vendors;
        let mut objects = false;
        for sentence in &paragraph.sentences {
            let own = vocabulary.is_about_vendors(&sentence.text);
            let is_of_other = has_phrase(vocabulary, Meaning::OtherDocument, &sentence.spaced);
            is_about_vendors |= own;
            if own || is_about_vendors && !is_of_other {
                promised.add(vocabulary, sentence, own, objects);
            }
            objects = has_stem(vocabulary, Meaning::ObjectionStem, &sentence.spaced);
        }
    }
    promised
}

fn has_phrase(vocabulary: &Vocabulary, meaning: Meaning, text: &str) -> bool {
    vocabulary.has_phrase(meaning, text)
}

fn has_stem(vocabulary: &Vocabulary, meaning: Meaning, text: &str) -> bool {
    vocabulary.has_stem(meaning, text)
}

impl Promised {
    /// Adds the promises of a sentence. `own` states that it names vendors, `objects` that the previous one is about
    /// objections.
    fn add(&mut self, vocabulary: &Vocabulary, sentence: &Sentence, own: bool, objects: bool) {
        let before = self.terms.clone();
        // "Typically 30 days" is no promise that a date follows from.
        let is_hedged = has_phrase(vocabulary, Meaning::Hedge, &sentence.spaced);
        for (range, duration) in lengths(vocabulary, &sentence.words) {
            match subject_of(vocabulary, sentence, range.clone()) {
                Some(Subject::Lead) if !is_hedged && (own || concerns_vendors(vocabulary, sentence)) => {
                    self.add_lead(vocabulary, sentence, duration)
                }
                Some(Subject::Window) => {
                    let from = range.start.saturating_sub(START_BEFORE);
                    let around = [&sentence.words[from..range.start], &sentence.words[range.end..]];
                    self.add_window(vocabulary, duration, around)
                }
                Some(Subject::Lead) | None => {}
            }
        }
        let is_objection = has_stem(vocabulary, Meaning::ObjectionStem, &sentence.spaced);
        if is_objection && has_phrase(vocabulary, Meaning::SamePeriod, &sentence.spaced) {
            let objection = self.terms.objection.get_or_insert_default();
            objection.within.get_or_insert(Window::UntilEffective);
        }
        if (is_objection || objects)
            && let Some(address) = address_in(&sentence.source)
        {
            let objection = self.terms.objection.get_or_insert_default();
            objection.contact.get_or_insert(address);
        }
        if self.terms != before {
            self.wording.push(sentence.text.clone());
        }
    }

    fn add_lead(&mut self, vocabulary: &Vocabulary, sentence: &Sentence, duration: Duration) {
        let lead = Lead { time: LeadTime::Exactly(duration), conditions: LeadConditions::default() };
        for trigger in triggers_of(vocabulary, sentence) {
            let leads = self.terms.lead.entry(trigger).or_default();
            if !leads.0.contains(&lead) {
                leads.0.push(lead.clone());
            }
        }
        if has_stem(vocabulary, Meaning::EmergencyStem, &sentence.spaced) && self.terms.exceptions.is_empty() {
            self.terms.exceptions.push(Exception { text: Some("emergency".to_owned()), ..Exception::default() });
        }
    }

    fn add_window(&mut self, vocabulary: &Vocabulary, duration: Duration, [before, behind]: [&[String]; 2]) {
        let objection = self.terms.objection.get_or_insert_default();
        if objection.within.is_some() {
            return;
        }
        let start = spaced(&[before, &behind[..behind.len().min(START)]].concat());
        let from = if has_stem(vocabulary, Meaning::ReceiptStem, &start) {
            vec![Event::Receipt]
        } else if has_stem(vocabulary, Meaning::PublicationStem, &start) {
            vec![Event::Publication]
        } else {
            Vec::new()
        };
        *objection = Objection { within: Some(Window::Exactly(duration)), from, ..objection.clone() };
    }
}

/// Whether a sentence is about changes of vendors although it does not name them: "before adding a new one".
fn concerns_vendors(vocabulary: &Vocabulary, sentence: &Sentence) -> bool {
    [Meaning::AdditionStem, Meaning::ReplacementStem, Meaning::ActivationStem, Meaning::ChangeStem]
        .into_iter()
        .any(|meaning| has_stem(vocabulary, meaning, &sentence.spaced))
}

/// The kinds of change that a lead is promised for.
fn triggers_of(vocabulary: &Vocabulary, sentence: &Sentence) -> Vec<Trigger> {
    let stems = [
        (Meaning::AdditionStem, Trigger::Added),
        (Meaning::ReplacementStem, Trigger::Replaced),
        (Meaning::ActivationStem, Trigger::Activated),
    ];
    let named: Vec<Trigger> = stems
        .into_iter()
        .filter(|(stem, _)| has_stem(vocabulary, *stem, &sentence.spaced))
        .map(|(_, trigger)| trigger)
        .collect();
    if named.is_empty() { vec![Trigger::Any] } else { named }
}

/// What a length of time in a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Lead,
    Window,
}

/// The subject of a length of time, from the words next to it. `None` for a length that is something else, such as a
/// time of retention.
fn subject_of(vocabulary: &Vocabulary, sentence: &Sentence, range: std::ops::Range<usize>) -> Option<Subject> {
    let words = &sentence.words;
    let near_before = spaced(&words[range.start.saturating_sub(BEFORE)..range.start]);
    let near_after = spaced(&words[range.end..words.len().min(range.end + AFTER)]);
    let next = spaced(&words[range.end..words.len().min(range.end + 2)]);
    let is_objection = has_stem(vocabulary, Meaning::ObjectionStem, &sentence.spaced);
    let is_notice = has_stem(vocabulary, Meaning::NoticeStem, &sentence.spaced);
    if is_negated(vocabulary, &near_before) {
        return None;
    }
    if has_stem(vocabulary, Meaning::ObjectionStem, &near_after)
        || has_stem(vocabulary, Meaning::ObjectionStem, &near_before)
    {
        return Some(Subject::Window);
    }
    let is_within = has_phrase(vocabulary, Meaning::WindowMark, &near_before);
    // "Within 15 days of notice" is a window in a sentence about objections.
    if has_phrase(vocabulary, Meaning::LeadMark, &next) && is_notice && !(is_within && is_objection) {
        return Some(Subject::Lead);
    }
    if is_within {
        return is_objection.then_some(Subject::Window);
    }
    let follows_notice = has_stem(vocabulary, Meaning::ReceiptStem, &near_after)
        || has_stem(vocabulary, Meaning::PublicationStem, &near_after);
    if is_objection && follows_notice {
        return Some(Subject::Window);
    }
    let is_lead = has_phrase(vocabulary, Meaning::LeadMark, &near_after)
        || has_phrase(vocabulary, Meaning::LeadMark, &near_before);
    (is_lead && is_notice).then_some(Subject::Lead)
}

fn is_negated(vocabulary: &Vocabulary, near: &str) -> bool {
    has_phrase(vocabulary, Meaning::Negation, near)
        && !has_phrase(vocabulary, Meaning::LeadMark, near)
        && !near.contains(" less ")
}

/// The lengths of time in a sentence, with the places of their words.
fn lengths(vocabulary: &Vocabulary, words: &[String]) -> Vec<(std::ops::Range<usize>, Duration)> {
    let mut lengths = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(unit) = unit_of(vocabulary, word) else { continue };
        let Some((start, count, before)) = count_before(vocabulary, &words[..at]) else { continue };
        if words[..start].last().is_some_and(|word| word.ends_with(MONTHS)) {
            continue;
        }
        let business_follows = words.get(at + 1).is_some_and(|next| is(vocabulary, Meaning::BusinessWord, next));
        let is_business = before || business_follows;
        let unit = if unit == DurationUnit::Days && is_business { DurationUnit::BusinessDays } else { unit };
        let end = at + 1 + usize::from(business_follows);
        lengths.push((start..end, Duration { count, unit }));
    }
    lengths
}

/// What is before the day of a date in Chinese, Japanese and Korean.
const MONTHS: [char; 2] = ['\u{6708}', '\u{c6d4}'];

fn is(vocabulary: &Vocabulary, meaning: Meaning, word: &str) -> bool {
    vocabulary.is(meaning, word)
}

fn unit_of(vocabulary: &Vocabulary, word: &str) -> Option<DurationUnit> {
    let units = [
        (Meaning::UnitDay, DurationUnit::Days),
        (Meaning::UnitBusinessDay, DurationUnit::BusinessDays),
        (Meaning::UnitWeek, DurationUnit::Weeks),
        (Meaning::UnitMonth, DurationUnit::Months),
        (Meaning::UnitHour, DurationUnit::Hours),
    ];
    units.into_iter().find(|(meaning, _)| is(vocabulary, *meaning, word)).map(|(_, unit)| unit)
}

/// The number before a unit, with the place where it begins, and whether it counts business days. "thirty (30)" is
/// one number.
fn count_before(vocabulary: &Vocabulary, words: &[String]) -> Option<(usize, u16, bool)> {
    let mut is_business = false;
    let mut at = words.len();
    while let Some(word) = at.checked_sub(1).and_then(|place| words.get(place)) {
        is_business |= is(vocabulary, Meaning::BusinessWord, word);
        if !is(vocabulary, Meaning::BusinessWord, word) && !is(vocabulary, Meaning::CalendarWord, word) {
            break;
        }
        at -= 1;
    }
    let place = at.checked_sub(1)?;
    let count = number_of(vocabulary, &words[place])?;
    let is_repeated = place.checked_sub(1).is_some_and(|before| number_of(vocabulary, &words[before]) == Some(count));
    Some((place - usize::from(is_repeated), count, is_business))
}

/// The number that digits or a word state. Nobody promises more than a few hundred days.
fn number_of(vocabulary: &Vocabulary, word: &str) -> Option<u16> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok()).flatten();
    digits.or_else(|| vocabulary.number(word)).filter(|count| (1..=MAX_COUNT).contains(count))
}

const MAX_COUNT: u16 = 400;

/// The first e-mail address in a text or in its links, as an address for links.
fn address_in(text: &SourceText) -> Option<String> {
    let links = text.links().map(|(_, address)| address);
    [text.as_str()].into_iter().chain(links).find_map(mail_address)
}

fn mail_address(text: &str) -> Option<String> {
    let candidates = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+')));
    let candidates = candidates.map(|word| word.trim_matches(['.', '-', '_']));
    let mut addresses = candidates.filter(|word| {
        word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'))
    });
    addresses.next().map(|address| format!("mailto:{address}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The terms of a paragraph on a page about vendors.
    fn terms(text: &str) -> serde_json::Value {
        let sentences = text.split_inclusive(". ").map(|sentence| Sentence::of(sentence.trim().into())).collect();
        read(Vocabulary::builtin(), &[Paragraph { context: Context::Vendors, is_near_list: true, sentences }])
            .terms
            .to_json()
            .unwrap()
    }

    #[test]
    fn promises_in_plain_words_are_terms() {
        for (text, expected) in [
            (
                "Our customers hear of a new vendor at least 45 days before: we email them.",
                json!({"lead": {"added": "45d"}}),
            ),
            (
                "We post additions and replacements here ten (10) business days in advance.",
                json!({"lead": {"added": "10bd", "replaced": "10bd"}}),
            ),
            ("Notice of at least two weeks is given for changes of this list.", json!({"lead": {"any": "2w"}})),
            (
                "We announce a new vendor 30 days ahead, except in urgent cases.",
                json!({"lead": {"added": "30d"}, "exceptions": ["emergency"]}),
            ),
            (
                "You have 10 business days after receipt of our message to object.",
                json!({"objection": {"within": "10bd", "from": "receipt"}}),
            ),
            ("Customers may object to new vendors within 15 days of notice.", json!({"objection": {"within": "15d"}})),
            (
                "You may object within 14 days of publication, to dpo@acme.example.",
                json!({"objection": {"within": "14d", "from": "publication", "contact": "mailto:dpo@acme.example"}}),
            ),
            (
                "Whoever objects writes to dpo@acme.example.",
                json!({"objection": {"contact": "mailto:dpo@acme.example"}}),
            ),
            (
                "We tell you of a new vendor one month before. You may object during this period.",
                json!({"lead": {"added": "1m"}, "objection": {"within": "until-effective"}}),
            ),
            (
                "Wir kündigen Änderungen dieser Liste mindestens vier Wochen im Voraus an.",
                json!({"lead": {"any": "4w"}}),
            ),
            (
                "Neue Dienstleister geben wir 15 Werktage vor dem Einsatz bekannt; Widerspruch innerhalb von 10 Tagen.",
                json!({"lead": {"added": "15bd"}, "objection": {"within": "10d"}}),
            ),
            ("Nous publions l'ajout d'un prestataire au moins 30 jours avant.", json!({"lead": {"added": "30d"}})),
            ("Vous pouvez vous opposer dans un délai de 15 jours ouvrés.", json!({"objection": {"within": "15bd"}})),
            ("Avisamos de un nuevo proveedor con al menos 20 días de antelación.", json!({"lead": {"added": "20d"}})),
            (
                "O nowych podwykonawcach informujemy z 30-dniowym wyprzedzeniem. Klient może zgłosić sprzeciw w ciągu 14 dni.",
                json!({"lead": {"added": "30d"}, "objection": {"within": "14d"}}),
            ),
            ("新しいサブプロセッサーを追加する場合は、30日前までに通知します。", json!({"lead": {"added": "30d"}})),
            ("新增子处理者前，我们会提前30天通知客户。", json!({"lead": {"added": "30d"}})),
            ("Ilmoitamme uusista alikäsittelijöistä vähintään 30 päivää etukäteen.", json!({"lead": {"added": "30d"}})),
            ("O novém subzpracovateli informujeme nejméně 30 dní předem.", json!({"lead": {"added": "30d"}})),
            (
                "Customers have 30 days from the date of our notice to object to a new vendor.",
                json!({"objection": {"within": "30d"}}),
            ),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn other_lengths_of_time_are_not_promises_of_notice() {
        for text in [
            "We delete backups 30 days after the end of the contract.",
            "We notify you of a breach within 72 hours.",
            "We notify you 30 days before we change our prices.",
            "Logs are kept for 90 days.",
            "We reply to questions within 10 business days.",
            "New employees are trained within 30 days.",
            "We do not give 30 days of notice.",
            "We aim to give advance notice of new vendors (typically 30 days).",
            "We use commercially reasonable efforts to notify you 30 days before adding a vendor.",
            "Neue Dienstleister geben wir in der Regel 30 Tage vor dem Einsatz bekannt.",
            "Write to sales@acme.example for an offer.",
            "We change this list from time to time.",
            "2026年3月1日に更新しました。",
        ] {
            assert_eq!(terms(text), json!({}), "{text}");
        }
    }
}
