//! The table of rules.

use std::str::FromStr;

use super::{
    Step, across,
    announcement::Announcement,
    cells, commits, dates,
    finding::{Draft, Level},
    hosts, links, lookalikes, notices, page, past, references, removals, rows,
    snapshot::{Past, Snapshot},
    status, transfers,
};

/// A row of the table of rules.
#[derive(Debug)]
pub struct Rule {
    /// The stable id, which configurations, waivers and reports name.
    pub id: &'static str,
    /// The level without a configuration.
    pub level: Level,
    /// What it finds, in one sentence.
    pub about: &'static str,
    /// How it is checked.
    pub(super) check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// One version of the list.
    Version(fn(&Snapshot<'_>) -> Vec<Draft>),
    /// The step from one version to the next.
    Step(fn(&Step<'_>) -> Vec<Draft>),
    /// One change of the step that notice may be promised for.
    Notice(fn(&Step<'_>, &Announcement<'_>) -> Vec<Draft>),
    /// The step and the published log.
    Past(fn(&Step<'_>, &Past) -> Vec<Draft>),
}

impl Rule {
    /// The path of its documentation page in the repository of the program.
    pub fn page(&self) -> String {
        format!("docs/rules/{}.md", self.id)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// The rule with an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// No rule has this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown rule {0:?}; `changecast check --explain all` lists the rules")]
pub struct UnknownRule(String);

impl FromStr for &'static Rule {
    type Err = UnknownRule;

    fn from_str(id: &str) -> Result<Self, UnknownRule> {
        rule(id).ok_or_else(|| UnknownRule(id.to_owned()))
    }
}

macro_rules! rules {
    ($($id:literal $level:ident $check:ident($found_in:path) $about:literal;)*) => {
        /// The rules, in the order in which findings are listed.
        pub static RULES: &[Rule] = &[$(Rule {
            id: $id,
            level: Level::$level,
            about: $about,
            check: Check::$check($found_in),
        }),*];
    };
}

rules! {
    "lead-too-short" Error Notice(notices::lead_too_short)
        "A change would take effect sooner than the notice terms promise.";
    "lead-without-margin" Warning Notice(notices::lead_without_margin)
        "A change keeps its promised lead only if it is published today.";
    "activation-without-notice" Error Notice(notices::activation_without_notice)
        "A vendor is put into use on the day of the publication, although notice is promised.";
    "relocation-without-notice" Error Notice(notices::relocation_without_notice)
        "Data are processed in another place from the day of the publication, although notice is promised.";
    "data-without-notice" Error Notice(notices::data_without_notice)
        "Other categories of data are processed from the day of the publication, although notice is promised.";
    "late-disclosure" Error Notice(notices::late_disclosure)
        "A change is published after the date from which it is effective.";
    "emergency-without-reason" Error Notice(notices::emergency_without_reason)
        "An entry claims an emergency and does not give a reason.";
    "terms-shortened" Warning Step(notices::terms_shortened)
        "The notice terms promise less than before.";
    "commit-ahead" Error Step(commits::ahead)
        "A commit is dated more than a day ahead of the clock.";
    "unclear-date" Error Step(dates::unclear)
        "A date from which an entry applies cannot be read.";
    "missing-location" Error Version(cells::missing_location)
        "An entry states no location, although the list states locations.";
    "missing-purpose" Error Version(cells::missing_purpose)
        "An entry states no purpose, although the list states purposes.";
    "missing-data" Warning Version(cells::missing_data)
        "An entry states no categories of data, although the list states them.";
    "missing-entity" Warning Version(cells::missing_entity)
        "An entry states no legal entity, although the list states them.";
    "missing-contact" Warning Version(cells::missing_contact)
        "An entry states no contact, although the list states contacts.";
    "missing-transfer" Warning Version(transfers::missing)
        "An entry without a known location states no transfer mechanism, although the list states them.";
    "third-country" Error Version(transfers::third_country)
        "Data are processed in a third country, and no transfer mechanism covers it.";
    "empty-safeguards" Warning Version(transfers::empty_safeguards)
        "Safeguards are promised and none is named.";
    "placeholder" Error Version(cells::placeholder)
        "A cell contains a placeholder in place of a value.";
    "identical-rows" Warning Version(rows::identical)
        "Two rows are equal in every cell.";
    "copied-link" Warning Version(links::copied)
        "A link equals that of another row and belongs to its vendor.";
    "foreign-link" Warning Version(links::foreign)
        "A link leads to the site of another vendor of the list.";
    "lookalike-name" Error Version(lookalikes::names)
        "A name contains letters that look like others, or differs from another name only in such letters.";
    "reused-id" Error Past(past::reused_id)
        "A new entry has the id of another vendor that the log contains.";
    "stale-reference" Warning Step(references::stale)
        "An entry refers to another entry that changed.";
    "conditional-activated" Warning Notice(status::conditional_activated)
        "A vendor that customers could choose is now used for all of them, and no notice is promised.";
    "condition-dropped" Warning Step(status::condition_dropped)
        "An entry no longer states the condition under which the vendor is used.";
    "removed-before-successor" Warning Step(removals::before_successor)
        "A vendor is removed before the vendor that takes its place is used.";
    "rename-or-replacement" Warning Step(removals::rename_or_replacement)
        "An entry keeps its id and gets an unrelated name, which may be another vendor.";
    "most-removed" Error Step(removals::most)
        "A large part of the list is removed at once.";
    "last-updated" Warning Step(page::last_updated)
        "The list changed, and its \"last updated\" line did not.";
    "prose-names-removed" Warning Step(page::prose_names_removed)
        "A text still names a vendor that was removed or renamed.";
    "named-elsewhere" Warning Version(across::named_elsewhere)
        "Another page names a vendor that is not on the list.";
    "region-differs" Warning Version(across::region_differs)
        "Another page states that a vendor processes data in a place that the list does not state.";
    "entity-differs" Warning Version(across::entity_differs)
        "Two pages give one company different legal forms.";
    "unlisted-host" Warning Version(hosts::unlisted)
        "The repository's code calls a host whose vendor is not on the list.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_words_and_descriptions_are_sentences() {
        let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
            assert!(rule.about.ends_with('.') && rule.level > Level::Info, "{}", rule.id);
            assert_eq!(super::rule(rule.id), Some(rule));
        }
    }
}
