//! Bullets beside tables of vendors: "Acme, Inc. - hosting - US" below a table. They may be further vendors, details of
//! those in the table, or remarks.

use std::collections::BTreeSet;

use changecast_core::vocabulary::{Meaning, Vocabulary};

use crate::read::{
    choose::{
        bullet::{Bullet, Style},
        cases::introduces_these_vendors,
        entry_name::has_legal_form,
        part::{Part, plain_name},
        places::are_places,
        recipients::names_company,
    },
    source_text::cleaned,
    syntax::block::{COLONS, Item},
};

/// What bullets beside tables of vendors are.
#[derive(Debug)]
pub(crate) enum Beside<'a> {
    /// Further vendors, each with a purpose or a place.
    Vendors,
    /// Some name companies that no table has, but not all are vendors with a purpose or a place.
    Unclear(Vec<&'a Item>),
    /// Remarks, or details of the vendors in the tables.
    Others,
}

/// What a bullet states.
struct Stated {
    /// Whether it begins with a name that can be a company's.
    names_company: bool,
    /// Whether a table has the name, too.
    is_known: bool,
    is_described: bool,
    has_place: bool,
    has_legal_form: bool,
}

impl<'a> Beside<'a> {
    /// What a list is beside tables in which the vendors have these plain names.
    pub fn of(part: &Part<'a>, known: &BTreeSet<String>) -> Self {
        let Some(items) = part.items() else { return Beside::Others };
        let words = part.words();
        let style = Style::of(words, items);
        let stated: Vec<Stated> = items.iter().map(|item| Stated::of(words, item, style, known)).collect();
        let lead = part.found.lead_text().trim_end();
        let is_introduced = introduces_these_vendors(words, lead);
        // "Our certificates:" introduces something else.
        let is_of_others = lead.ends_with(COLONS) && !is_introduced;
        let evident = stated.iter().filter(|one| one.has_place || one.has_legal_form).count();
        let are_vendors = stated.iter().all(|one| one.names_company && one.is_described && !one.is_known);
        if are_vendors && !is_of_others && (is_introduced || evident * 2 > stated.len()) {
            return Beside::Vendors;
        }
        let unclear = items.iter().zip(&stated).filter(|(_, one)| {
            let is_evident = one.has_legal_form || one.has_place && one.is_described && !is_of_others;
            one.names_company && !one.is_known && is_evident
        });
        let unclear: Vec<&Item> = unclear.map(|(item, _)| item).collect();
        if unclear.is_empty() { Beside::Others } else { Beside::Unclear(unclear) }
    }
}

impl Stated {
    fn of(words: &Vocabulary, item: &Item, style: Style, known: &BTreeSet<String>) -> Self {
        let Bullet { name, purpose, places } = Bullet::of(words, item, style);
        let name = cleaned(&name);
        // "Our app" is no vendor.
        let first = name.split(' ').next().unwrap_or_default().to_lowercase();
        let is_own = words.is(Meaning::ListIntro, &first);
        Stated {
            names_company: names_company(words, item) && !is_own && !are_places(words, &name),
            is_known: known.contains(&plain_name(&name)),
            is_described: !purpose.is_empty() || !places.is_empty() || !item.children.is_empty(),
            has_place: !places.is_empty(),
            has_legal_form: has_legal_form(words, &name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{
        choose::page_parts::{Content, Found},
        config::ReadingConfig,
        position::Position,
        source_text::SourceText,
    };

    fn read(lead: &str, lines: &[&str]) -> String {
        let items: Vec<Item> =
            lines.iter().map(|line| Item { rest: (*line).into(), ..Item::new(Position::START) }).collect();
        let lead = SourceText::from(lead);
        let found = Found {
            place: 0,
            headings: Vec::new(),
            lead: Some(&lead),
            introduction: Vec::new(),
            content: Content::List(&items),
        };
        let config = ReadingConfig::default();
        match Beside::of(&Part::of(&found, &config), &BTreeSet::from(["alder".to_owned()])) {
            Beside::Vendors => "vendors".into(),
            Beside::Unclear(items) => items.iter().map(|item| item.rest.as_str()).collect::<Vec<_>>().join(" + "),
            Beside::Others => "others".into(),
        }
    }

    #[test]
    fn bullets_are_vendors_if_all_state_a_purpose_or_a_place_of_a_company() {
        for (lead, lines, expected) in [
            ("", &["Birch, Inc. - hosting - US", "Cedar GmbH - mail"][..], "vendors"),
            ("", &["Birch - hosting - US", "Cedar - mail - Norway"], "vendors"),
            ("We also use these sub-processors:", &["Birch: hosting", "Cedar: mail"], "vendors"),
            ("", &["Birch: hosting", "Cedar: mail"], "others"),
            ("", &["Encryption: AES-256", "Retention: 30 days"], "others"),
            ("", &["Frankfurt - primary - Germany", "Oslo - backup - Norway"], "others"),
            ("Our certificates:", &["ISO 27001 - certified - Germany"], "others"),
            ("", &["Our app - hosting - US"], "others"),
            ("", &["Alder - stores files - Norway"], "others"),
            ("", &["Alder - stores files - Norway", "Birch Ltd - mail - UK"], "Birch Ltd - mail - UK"),
            ("", &["Birch, Inc.", "Cedar GmbH"], "Birch, Inc. + Cedar GmbH"),
            ("Our auditors are:", &["Birch AG - audits"], "Birch AG - audits"),
        ] {
            assert_eq!(read(lead, lines), expected, "{lead} {lines:?}");
        }
    }
}
