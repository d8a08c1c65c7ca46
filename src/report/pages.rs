//! The documentation page of each rule, which `check --explain` prints.

use changecast_core::lint::Rule;

/// The page of each rule, in the order of the rules.
const PAGES: &[(&str, &str)] = &[
    ("lead-too-short", include_str!("../../docs/rules/lead-too-short.md")),
    ("lead-without-margin", include_str!("../../docs/rules/lead-without-margin.md")),
    ("activation-without-notice", include_str!("../../docs/rules/activation-without-notice.md")),
    ("relocation-without-notice", include_str!("../../docs/rules/relocation-without-notice.md")),
    ("data-without-notice", include_str!("../../docs/rules/data-without-notice.md")),
    ("late-disclosure", include_str!("../../docs/rules/late-disclosure.md")),
    ("emergency-without-reason", include_str!("../../docs/rules/emergency-without-reason.md")),
    ("terms-shortened", include_str!("../../docs/rules/terms-shortened.md")),
    ("commit-ahead", include_str!("../../docs/rules/commit-ahead.md")),
    ("unclear-date", include_str!("../../docs/rules/unclear-date.md")),
    ("missing-location", include_str!("../../docs/rules/missing-location.md")),
    ("missing-purpose", include_str!("../../docs/rules/missing-purpose.md")),
    ("missing-data", include_str!("../../docs/rules/missing-data.md")),
    ("missing-entity", include_str!("../../docs/rules/missing-entity.md")),
    ("missing-contact", include_str!("../../docs/rules/missing-contact.md")),
    ("missing-transfer", include_str!("../../docs/rules/missing-transfer.md")),
    ("third-country", include_str!("../../docs/rules/third-country.md")),
    ("empty-safeguards", include_str!("../../docs/rules/empty-safeguards.md")),
    ("placeholder", include_str!("../../docs/rules/placeholder.md")),
    ("identical-rows", include_str!("../../docs/rules/identical-rows.md")),
    ("copied-link", include_str!("../../docs/rules/copied-link.md")),
    ("foreign-link", include_str!("../../docs/rules/foreign-link.md")),
    ("lookalike-name", include_str!("../../docs/rules/lookalike-name.md")),
    ("reused-id", include_str!("../../docs/rules/reused-id.md")),
    ("stale-reference", include_str!("../../docs/rules/stale-reference.md")),
    ("conditional-activated", include_str!("../../docs/rules/conditional-activated.md")),
    ("condition-dropped", include_str!("../../docs/rules/condition-dropped.md")),
    ("removed-before-successor", include_str!("../../docs/rules/removed-before-successor.md")),
    ("rename-or-replacement", include_str!("../../docs/rules/rename-or-replacement.md")),
    ("most-removed", include_str!("../../docs/rules/most-removed.md")),
    ("last-updated", include_str!("../../docs/rules/last-updated.md")),
    ("prose-names-removed", include_str!("../../docs/rules/prose-names-removed.md")),
    ("named-elsewhere", include_str!("../../docs/rules/named-elsewhere.md")),
    ("region-differs", include_str!("../../docs/rules/region-differs.md")),
    ("entity-differs", include_str!("../../docs/rules/entity-differs.md")),
    ("unlisted-host", include_str!("../../docs/rules/unlisted-host.md")),
];

/// The documentation page of a rule, in Markdown: what, why, an example, how to fix it.
pub fn page(rule: &Rule) -> &'static str {
    PAGES.iter().find(|(id, _)| *id == rule.id).map_or(rule.about, |(_, page)| page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use changecast_core::lint::RULES;

    #[test]
    fn every_rule_has_a_page_with_all_parts() {
        assert_eq!(
            PAGES.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
            RULES.iter().map(|rule| rule.id).collect::<Vec<_>>()
        );
        for rule in RULES {
            let page = page(rule);
            assert!(page.starts_with(&format!("# {}\n\nLevel: {}\n", rule.id, rule.level)), "{}", rule.id);
            for part in ["## What", "## Why", "## Example", "## How to fix"] {
                assert!(page.contains(part), "docs/rules/{}.md has no part {part:?}", rule.id);
            }
        }
    }
}
