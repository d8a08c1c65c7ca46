//! What a heading, a key or a sentence states about the vendors below it.

use changecast_core::{
    compare::{Lifecycle, Status},
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary, is_unspaced},
};

use crate::read::source_text::SourceText;

use super::denial::{Clause, MAX_VENDOR_WORD, Place, denies};

/// A statement about all vendors below a heading or sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// They are in use, perhaps under a condition.
    InUse,
    /// They will be used.
    Planned,
    /// They are no longer used.
    Past,
    /// They are not vendors, or are not used.
    Denied,
}

impl Statement {
    /// The statement of a heading or key. `None` if it only names a subject.
    pub fn of_heading(words: &Vocabulary, heading: &str) -> Option<Self> {
        let status = status_of(words, heading);
        match status.map(|text| Status::read(words, &text).lifecycle) {
            Some(Some(Lifecycle::Ended)) => Some(Statement::Past),
            Some(Some(Lifecycle::Planned)) => Some(Statement::Planned),
            _ if denies(words, heading, Place::Heading) => Some(Statement::Denied),
            Some(_) => Some(Statement::InUse),
            None => None,
        }
    }

    /// The statement of the headings above a list, from the top level down. The nearest one that states
    /// something counts.
    pub fn of_headings(words: &Vocabulary, headings: &[&str]) -> Option<Self> {
        let mut names_vendors = false;
        for heading in headings.iter().rev() {
            match Statement::of_heading(words, heading) {
                // "Not on this list" above "Sub-processors" is about other sections.
                Some(Statement::Denied) if names_vendors => {}
                Some(statement) => return Some(statement),
                None => names_vendors |= words.is_vendor_file(heading),
            }
        }
        None
    }

    /// The statement of a key: `formerVendors`, `not_subprocessors`.
    pub fn of_key(words: &Vocabulary, key: &str) -> Option<Self> {
        Statement::of_heading(words, &words_of_key(key))
    }

    /// The statement of the paragraph directly above a list. `introduction` are the paragraphs before it, `heading` is
    /// the one above them: "Providers that do not process personal data" are listed if it is "Sub-processors".
    pub fn of_lead(words: &Vocabulary, heading: &str, introduction: &[&str], lead: &str) -> Option<Self> {
        let last = last_sentence(lead);
        if last.is_some_and(|sentence| words.mentions(Meaning::NoLongerUsed, sentence)) {
            return Some(Statement::Past);
        }
        // "These are not sub-processors. They are listed for transparency."
        let all = introduction.iter().copied().chain([lead]).flat_map(sentences);
        let about_vendors = all.filter(|sentence| words.is_vendor_column(sentence)).last();
        let mut stated = [about_vendors, last].into_iter().flatten();
        let place = if words.is_vendor_column(heading) { Place::BelowVendors } else { Place::Sentence };
        let is_denied = stated.any(|sentence| denies(words, sentence, place));
        is_denied.then_some(Statement::Denied)
    }
}

/// The words of a key: `formerVendors` and `former_vendors` are "former vendors".
pub(crate) fn words_of_key(key: &str) -> String {
    let mut words = String::with_capacity(key.len());
    for c in key.chars() {
        if c.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.push(if matches!(c, '_' | '-') { ' ' } else { c });
    }
    words
}

/// The sentences above a list that state for whom its vendors are used: "used only if you enable AI". Those about notice,
/// objections and the page itself are no conditions.
pub(crate) fn conditions_in(words: &Vocabulary, lead: &str) -> Vec<SourceText> {
    let stated = sentences(lead).map(|sentence| sentence.trim().trim_end_matches(':'));
    let conditions = stated.filter(|sentence| is_condition(words, sentence));
    conditions.map(|sentence| SourceText::from(sentence.to_owned() + ".")).collect()
}

/// Whether a sentence states a condition behind the vendors that are its subject.
fn is_condition(words: &Vocabulary, sentence: &str) -> bool {
    let folded = fold(sentence);
    if sentence.len() > MAX_CONDITION || !words.has_word(Meaning::Condition, &folded) {
        return false;
    }
    let spaced = format!(" {folded} ");
    let is_term = [Meaning::NoticeStem, Meaning::ObjectionStem].iter().any(|stem| words.has_stem(*stem, &spaced))
        || words.mentions(Meaning::UpdateMark, sentence);
    let ends = folded.match_indices(' ').map(|(at, _)| at);
    let subject = ends.into_iter().find(|end| words.is_about_vendors(&folded[..*end]));
    !is_term && subject.is_some_and(|end| words.has_word(Meaning::Condition, &folded[end..]))
}

/// The longest sentence that states a condition, in bytes.
const MAX_CONDITION: usize = 400;

/// The last sentence of a text.
pub(crate) fn last_sentence(text: &str) -> Option<&str> {
    sentences(text).last()
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '!', '?', '\u{3002}']).filter(|sentence| !sentence.trim().is_empty())
}

/// The status that a heading gives: "Conditional sub-processors", "Available but not enabled". A word for the
/// end that belongs to something else is not a status: "Former Acme products".
pub(crate) fn status_of(words: &Vocabulary, heading: &str) -> Option<String> {
    let parts = heading.split_whitespace().map(|word| before_vendors(words, word));
    let kept = parts.filter(|word| !words.is_about_vendors(word) && !word.ends_with('.') && !word.is_empty());
    // "List of our former sub-processors", "Sub-processors we no longer use".
    let status: Vec<&str> = kept.skip_while(|word| words.is(Meaning::ListIntro, &fold(word))).collect();
    let text = status.join(" ");
    // "No" in "No sub-processors" is no answer.
    let is_answer = [Meaning::Affirmation, Meaning::Refusal].iter().any(|answer| words.is(*answer, &fold(&text)));
    match Status::read(words, &text).lifecycle.filter(|_| !is_answer) {
        Some(Lifecycle::Ended) if !ends(words, &text) => None,
        Some(_) => Some(text),
        None => status_behind_nouns(words, &status).or_else(|| status_in_parentheses(words, &text)),
    }
}

/// The part of a word before the vendors at its end, in a script without spaces between words. Other words are returned.
fn before_vendors<'w>(words: &Vocabulary, word: &'w str) -> &'w str {
    if !word.contains(is_unspaced) {
        return word;
    }
    let is_vendors = |end: &str| words.role_of(end) == Role::Name || words.is(Meaning::ListNoun, &fold(end));
    let from = word.char_indices().rev().nth(MAX_VENDOR_WORD - 1).map_or(0, |(at, _)| at);
    let mut starts = word[from..].char_indices().map(|(at, _)| from + at);
    starts.find(|at| is_vendors(&word[*at..])).map_or(word, |at| &word[..at])
}

/// The status behind nouns for vendors: "Proveedores anteriores", "Services removed in 2024".
fn status_behind_nouns(words: &Vocabulary, heading: &[&str]) -> Option<String> {
    let mut behind = heading.iter().copied();
    let is_noun = |word: &&str| [Meaning::ListNoun, Meaning::ListIntro].iter().any(|one| words.is(*one, &fold(word)));
    let count = behind.by_ref().take_while(is_noun).count();
    let text = heading.get(count..)?.join(" ");
    match Status::read(words, &text).lifecycle? {
        Lifecycle::Ended if ends(words, &text) => Some(text),
        Lifecycle::Planned => Some(text),
        _ => None,
    }
}

/// The status that a parenthesis at the end of a heading states for all of it: "Legacy (no longer active)".
fn status_in_parentheses(words: &Vocabulary, heading: &str) -> Option<String> {
    let folded = fold(heading);
    let (_, inside) = folded.strip_suffix(')')?.rsplit_once('(')?;
    ends(words, inside).then(|| inside.to_owned())
}

/// Whether a status states that all vendors are no longer engaged: "Former", "Inactive / removed", "Removed in 2024",
/// "Historical (kept for audits)", but not "Past and current" or "Former Acme products".
pub(crate) fn ends(words: &Vocabulary, status: &str) -> bool {
    let folded = fold(status);
    let (main, remark) = split_remark(&folded);
    if mentions_use(words, remark) {
        return false;
    }
    let mut rest = main;
    let mut has_ended = false;
    loop {
        rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
        let (first, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        let first = first.trim_matches(|c: char| !c.is_alphanumeric());
        // "No longer engaged", "Removed in 2024".
        let is_tail = words.is(Meaning::StatusTail, first) || first.starts_with(|c: char| c.is_ascii_digit());
        if has_ended && is_tail {
            return !mentions_use(words, behind);
        }
        match words.status_prefix(rest) {
            Some((Lifecycle::Ended, behind)) => (rest, has_ended) = (behind, true),
            Some(_) => return false,
            None if first.is_empty() => return has_ended,
            None if is_between(words, first) => rest = behind,
            None => return false,
        }
    }
}

/// Whether a folded word does not change what a status is about: "and", "providers", "our".
fn is_between(words: &Vocabulary, word: &str) -> bool {
    [Meaning::Conjunction, Meaning::ListNoun, Meaning::ListIntro].into_iter().any(|meaning| words.is(meaning, word))
}

/// A folded heading before its parenthesis, dash or colon, and the rest.
fn split_remark(folded: &str) -> (&str, &str) {
    let at = [" (", " - ", ": "].iter().filter_map(|by| folded.find(by)).min();
    at.map_or((folded, ""), |at| folded.split_at(at))
}

/// Whether a word of a folded text states that a vendor is in use: "current", but not "no longer engaged".
fn mentions_use(words: &Vocabulary, folded: &str) -> bool {
    if words.mentions(Meaning::NoLongerUsed, folded) {
        return false;
    }
    let mut parts = folded.split(|c: char| !c.is_alphanumeric() && c != '-');
    parts.any(|word| matches!(words.status_prefix(word), Some((Lifecycle::Active, ""))))
}

/// Whether a text introduces vendors: it is about them, and no denial precedes them. "What the form sends does not
/// reach our sub-processors" introduces none.
pub(crate) fn introduces(words: &Vocabulary, text: &str) -> bool {
    sentences(text).filter(|sentence| words.is_about_vendors(sentence)).any(|sentence| {
        let Clause(tokens) = Clause::of(words, &fold(sentence));
        let vendor = (1..=tokens.len()).find(|end| words.is_about_vendors(&tokens[..*end].join(" ")));
        vendor.is_some_and(|end| !words.mentions_phrase(Meaning::Denial, &tokens[..end].join(" ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_state_what_is_below_them() {
        for (heading, statement) in [
            ("Sub-processors", None),
            ("Active sub-processors", Some(Statement::InUse)),
            ("Conditional sub-processors", Some(Statement::InUse)),
            ("Active / inactive sub-processors", Some(Statement::InUse)),
            ("Planned", Some(Statement::Planned)),
            ("Planned \u{2014} announced early, switched off today", Some(Statement::Planned)),
            ("Former sub-processors", Some(Statement::Past)),
            ("Former service providers", Some(Statement::Past)),
            ("Historical", Some(Statement::Past)),
            ("Historical sub-processors (kept for audits)", Some(Statement::Past)),
            ("Inactive / removed sub-processors", Some(Statement::Past)),
            ("Removed & replaced vendors", Some(Statement::Past)),
            ("Removed in 2024", Some(Statement::Past)),
            ("No longer engaged", Some(Statement::Past)),
            ("No longer in use", Some(Statement::Past)),
            ("Archive", Some(Statement::Past)),
            ("Ehemalige Dienstleister", Some(Statement::Past)),
            ("Anciens prestataires", Some(Statement::Past)),
            ("Proveedores anteriores", Some(Statement::Past)),
            ("Fornitori cessati", Some(Statement::Past)),
            ("Subencargados dados de baja", Some(Statement::Past)),
            ("Legacy (no longer active)", Some(Statement::Past)),
            ("Deactivated and deleted vendors", Some(Statement::Past)),
            ("Inaktive / entfernte Unterauftragsverarbeiter", Some(Statement::Past)),
            ("Nieaktywni i usunięci", Some(Statement::Past)),
            ("Expired & revoked", Some(Statement::Past)),
            ("過去の再委託先", Some(Statement::Past)),
            ("以前的子处理商", Some(Statement::Past)),
            ("已终止的供应商", Some(Statement::Past)),
            ("現在の再委託先", Some(Statement::InUse)),
            ("이전 수탁자", Some(Statement::Past)),
            ("Byli podwykonawcy", Some(Statement::Past)),
            ("Historique des sous-traitants", Some(Statement::Past)),
            ("Vendors removed this year", Some(Statement::Past)),
            ("Coming soon (not yet in use)", Some(Statement::Planned)),
            ("Demnächst", Some(Statement::Planned)),
            ("Prévus", Some(Statement::Planned)),
            ("非子处理者", Some(Statement::Denied)),
            ("サブプロセッサーではないもの", Some(Statement::Denied)),
            ("Historical weather data", None),
            ("Archive storage", None),
            ("Past and current sub-processors", None),
            ("Past (and current) sub-processors", None),
            ("Former Acme products", None),
            ("Not sub-processors", Some(Statement::Denied)),
            ("Not a sub-processor", Some(Statement::Denied)),
            ("Non-sub-processors", Some(Statement::Denied)),
            ("Out-of-scope tools (not subprocessors)", Some(Statement::Denied)),
            ("Sources of our data (NOT processors of yours)", Some(Statement::Denied)),
            ("Vendors that are not sub-processors", Some(Statement::Denied)),
            ("Third parties that do not act as sub-processors", Some(Statement::Denied)),
            ("Vendors we do not use", Some(Statement::Denied)),
            ("Tools without access to customer data", Some(Statement::Denied)),
            ("Vendors that don't process personal data", Some(Statement::Denied)),
            ("Keine Unterauftragsverarbeiter", Some(Statement::Denied)),
            ("Dienste, die keine Unterauftragsverarbeiter sind", Some(Statement::Denied)),
            ("Ne sont pas des sous-traitants", Some(Statement::Denied)),
            ("Herramientas que no son subencargados", Some(Statement::Denied)),
            ("Geen subverwerkers", Some(Statement::Denied)),
            ("Sub-processors not located in the EU", None),
            ("Non-EU sub-processors", None),
            ("Not only sub-processors", None),
            ("No sub-processors except these", None),
            ("Sub-processors (not including affiliates)", None),
            ("Sub-processors that do not store personal data", None),
            ("Not yet sub-processors", None),
            ("Subprocessors NOT used", Some(Statement::Denied)),
            ("Infrastructure sub-processors (non-data-processing)", None),
            ("Tools (not processing personal data)", Some(Statement::Denied)),
            ("We do not use any of these", Some(Statement::Denied)),
            ("Not in use", Some(Statement::Denied)),
            ("Nous n'utilisons aucun de ces services", Some(Statement::Denied)),
            ("Evaluated and rejected", Some(Statement::Past)),
            ("Not in the EU", None),
        ] {
            assert_eq!(Statement::of_heading(Vocabulary::builtin(), heading), statement, "{heading}");
        }
    }

    #[test]
    fn conditions_are_stated_of_vendors() {
        let words = Vocabulary::builtin();
        for (lead, expected) in [
            (
                "We use them. These sub-processors are used only if you enable AI:",
                "These sub-processors are used only if you enable AI.",
            ),
            (
                "The vendors below concern customers with the add-on only.",
                "The vendors below concern customers with the add-on only.",
            ),
            (
                "Diese Unterauftragsverarbeiter setzen wir nur auf Wunsch ein.",
                "Diese Unterauftragsverarbeiter setzen wir nur auf Wunsch ein.",
            ),
            ("When we add sub-processors, we update the list.", ""),
            ("You may object to sub-processors only within 30 days.", ""),
            ("These sub-processors are used for everybody.", ""),
            ("Only in Europe.", ""),
        ] {
            let found = SourceText::join(&conditions_in(words, lead), " ");
            assert_eq!(found.as_str(), expected, "{lead}");
        }
    }

    #[test]
    fn sentences_state_what_is_below_them() {
        for (lead, statement) in [
            ("We use these sub-processors:", None),
            ("These components run on our own servers and are not external sub-processors.", Some(Statement::Denied)),
            ("These are **not** sub-processors:", Some(Statement::Denied)),
            ("The following are not sub-processors. They are listed for transparency.", Some(Statement::Denied)),
            ("None of these are sub-processors.", Some(Statement::Denied)),
            ("We do NOT use:", Some(Statement::Denied)),
            ("Diese Dienste sind keine Unterauftragsverarbeiter:", Some(Statement::Denied)),
            ("Ces outils ne sont pas des sous-traitants :", Some(Statement::Denied)),
            ("We no longer use these sub-processors:", Some(Statement::Past)),
            ("Vendors previously used to process data.", Some(Statement::Past)),
            ("None of the following is a sub-processor.", Some(Statement::Denied)),
            ("We do not consider them to be sub-processors.", Some(Statement::Denied)),
            ("以下公司不是我们的子处理商。", Some(Statement::Denied)),
            ("以下の会社は再委託先ではありません。", Some(Statement::Denied)),
            ("除非子处理者同意，否则不使用。", None),
            ("Acme is not a sub-processor of yours.", None),
            ("Affiliates are not sub-processors. Our sub-processors are:", None),
            ("We do not sell personal data to third parties.", None),
            ("We do not use sub-processors other than these:", None),
            ("What the form sends does not reach the sub-processors above.", None),
            ("We will not engage a new sub-processor without notice.", None),
            ("These sub-processors do not store personal data:", None),
            ("We announce when we no longer use a sub-processor. These are engaged:", None),
        ] {
            assert_eq!(Statement::of_lead(Vocabulary::builtin(), "", &[], lead), statement, "{lead}");
        }
    }

    #[test]
    fn a_heading_about_vendors_counts_more_than_what_they_do_not_do() {
        for (heading, lead, statement) in [
            ("Infrastructure sub-processors", "These tools do not process personal data:", None),
            ("Infrastructure", "These tools do not process personal data:", Some(Statement::Denied)),
            ("Sub-processors", "These tools are not sub-processors:", Some(Statement::Denied)),
            ("Sub-processors", "We do not use any of these:", Some(Statement::Denied)),
            ("Sub-processors", "We currently use none of the following:", Some(Statement::Denied)),
            ("Sub-processors", "None of the following are used by us.", Some(Statement::Denied)),
            ("Sub-processors", "These vendors are **not** currently used.", Some(Statement::Denied)),
            ("Sub-processors", "Die folgenden Dienste setzen wir nicht ein:", Some(Statement::Denied)),
            ("Sub-processors", "No usamos ninguno de estos proveedores:", Some(Statement::Denied)),
            ("Sub-processors", "These vendors are not used for advertising:", None),
            ("Sub-processors", "The vendors below are not used for customer data.", None),
            ("Sub-processors", "On your own servers, sub-processors are not used.", None),
            ("Sub-processors", "We do not use cookies.", None),
        ] {
            assert_eq!(Statement::of_lead(Vocabulary::builtin(), heading, &[], lead), statement, "{heading} / {lead}");
        }
    }

    #[test]
    fn a_denial_before_vendors_introduces_none() {
        for (text, is_introduction) in [
            ("We use these sub-processors:", true),
            ("We name sub-processors by task and not by company.", true),
            ("We do not sell data. Our vendors are:", true),
            ("What the form sends does not reach the sub-processors above.", false),
            ("Nothing here is about them.", false),
        ] {
            assert_eq!(introduces(Vocabulary::builtin(), text), is_introduction, "{text}");
        }
    }

    #[test]
    fn keys_are_read_like_headings() {
        for (key, statement) in [
            ("subprocessors", None),
            ("formerSubprocessors", Some(Statement::Past)),
            ("removed_vendors", Some(Statement::Past)),
            ("notSubprocessors", Some(Statement::Denied)),
            ("non-subprocessors", Some(Statement::Denied)),
            ("planned", Some(Statement::Planned)),
            ("active", Some(Statement::InUse)),
            ("notes", None),
            ("endpoints", None),
        ] {
            assert_eq!(Statement::of_key(Vocabulary::builtin(), key), statement, "{key}");
        }
    }

    #[test]
    fn the_nearest_heading_with_a_statement_counts() {
        for (headings, statement) in [
            (&["Removed", "Infrastructure"][..], Some(Statement::Past)),
            (&["Archive", "Current sub-processors"], Some(Statement::InUse)),
            (&["Not on this list", "Hosting"], None),
            (&["Not sub-processors", "Hosting"], Some(Statement::Denied)),
            (&["Not our vendors", "Sub-processors"], None),
        ] {
            assert_eq!(Statement::of_headings(Vocabulary::builtin(), headings), statement, "{headings:?}");
        }
    }
}
