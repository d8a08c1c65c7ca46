//! The filter of a list and its changes. The script shows it; without scripts it stays hidden.

use maud::{Markup, html};

use changecast_core::{change::KINDS, model::Inventory};

use super::super::{Publication, sections_in_order};

/// The form above a list and its changes. The script removes the kinds that do not occur.
pub(super) fn form(publication: &Publication<'_>, inventory: Option<&Inventory>) -> Markup {
    let messages = publication.messages();
    let sections = inventory.map(sections_in_order).unwrap_or_default();
    html! {
        form.filter id="filter" hidden role="search" aria-label=(messages.filter)
            data-entries=(messages.filter_entries) data-changes=(messages.filter_changes) {
            label.text { span { (messages.filter_text) } input type="search" name="text" autocomplete="off"; }
            label { span { (messages.filter_kind) }
                select name="kind" {
                    option value="" { (messages.filter_all) }
                    @for kind in KINDS { option value=(kind.name) { (kind.symbol) " " (messages.kind(kind.kind)) } }
                }
            }
            @if sections.len() > 1 {
                label { span { (messages.filter_section) }
                    select name="section" {
                        option value="" { (messages.filter_all) }
                        @for section in sections.iter().filter(|section| !section.title.is_empty()) {
                            option value=(section.title) { (section.title) }
                        }
                    }
                }
            }
            label { span { (messages.filter_from) } input type="date" name="from"; }
            label { span { (messages.filter_to) } input type="date" name="to"; }
            button type="reset" { (messages.filter_clear) }
            p role="status" {}
        }
    }
}
