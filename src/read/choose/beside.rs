//! Bullets beside tables of vendors: "Acme, Inc. - hosting - US" below a table. They may be further vendors, details of
//! those in the table, or remarks.

use std::collections::BTreeSet;

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        bullet::{Bullet, Style},
        cases::introduces_these_vendors,
        entry_name::{has_legal_form, is_host},
        part::{Part, plain_name},
        places::{are_places, places_behind},
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
    name: Name,
    has_purpose: bool,
    has_place: bool,
    /// Whether a label and a colon precede the rest.
    is_labelled: bool,
}

/// What the name of a bullet can be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// A company's: it has a legal form or is a domain.
    Company,
    /// A proper name: it has a capital inside, or several words with capitals.
    Proper,
    /// A company's, or a word such as "Backups".
    Word,
    /// That of a vendor in a table.
    Known,
    /// Nothing of the kind.
    Other,
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
        let are_vendors = stated.iter().all(|one| one.describes_vendor(is_introduced));
        let are_certain = is_introduced || stated.iter().any(|one| matches!(one.name, Name::Company | Name::Proper));
        if are_vendors && are_certain && !is_of_others {
            return Beside::Vendors;
        }
        let unclear = items.iter().zip(&stated).filter(|(_, one)| match one.name {
            Name::Company => true,
            Name::Proper => !is_of_others && (one.has_purpose || one.has_place),
            Name::Word => !is_of_others && one.has_purpose && one.has_place,
            Name::Known | Name::Other => false,
        });
        let unclear: Vec<&Item> = unclear.map(|(item, _)| item).collect();
        if unclear.is_empty() { Beside::Others } else { Beside::Unclear(unclear) }
    }
}

impl Stated {
    fn of(words: &Vocabulary, item: &Item, style: Style, known: &BTreeSet<String>) -> Self {
        let Bullet { name, purpose, places } = Bullet::of(words, item, style);
        let whole = cleaned(&item.whole_text());
        let is_linked = name.has_links() && !places.is_empty();
        let is_labelled = whole.get(name.len()..).is_some_and(|rest| rest.starts_with(COLONS));
        let stated = match Name::of(words, item, &cleaned(&name), known) {
            Name::Word if is_linked => Name::Proper,
            stated => stated,
        };
        Stated {
            name: stated,
            has_purpose: !purpose.is_empty() || !item.children.is_empty(),
            has_place: !places.is_empty() || places_behind(words, &name).1.is_some(),
            is_labelled,
        }
    }

    /// Whether this is a vendor with a purpose or a place. A word that may be a remark needs both: "Zapline - mail - US",
    /// but not "Backups: nightly".
    fn describes_vendor(&self, is_introduced: bool) -> bool {
        match self.name {
            Name::Company | Name::Proper => self.has_purpose || self.has_place,
            Name::Word => is_introduced && (self.has_purpose || self.has_place) || self.is_row(),
            Name::Known | Name::Other => false,
        }
    }

    /// Whether it has the three parts that a row of a table has.
    fn is_row(&self) -> bool {
        self.has_purpose && self.has_place && !self.is_labelled
    }
}

impl Name {
    fn of(words: &Vocabulary, item: &Item, name: &str, known: &BTreeSet<String>) -> Self {
        // "Our app" is no vendor.
        let is_own = words.is(Meaning::ListIntro, &fold(name.split(' ').next().unwrap_or_default()));
        let is_other = is_own || are_places(words, name) || words.has_word(Meaning::LawWord, &fold(name));
        if known.contains(&plain_name(name)) {
            Name::Known
        } else if is_other {
            Name::Other
        } else if has_legal_form(words, name) || is_domain(name) {
            Name::Company
        } else if has_inner_capital(name) || is_proper(words, name) {
            if names_company(words, item) { Name::Proper } else { Name::Word }
        } else if names_company(words, item) {
            Name::Word
        } else {
            Name::Other
        }
    }
}

/// Whether a name is a domain: "alder.io".
fn is_domain(name: &str) -> bool {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    !name.contains(' ') && !is_host(name) && end.len() > 1 && end.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a capital follows a small letter: "BirchMail".
fn has_inner_capital(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    chars.windows(2).any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase())
}

/// Whether a name has several words with capitals, of which one at least has no meaning of its own: "Birch Labs", but not
/// "Customer Data".
fn is_proper(words: &Vocabulary, name: &str) -> bool {
    let parts: Vec<&str> = name.split(' ').collect();
    parts.len() > 1
        && parts.iter().all(|part| part.starts_with(char::is_uppercase))
        && !parts.iter().all(|part| has_meaning(words, part))
}

/// Whether a part of a name is a word of its own.
fn has_meaning(words: &Vocabulary, part: &str) -> bool {
    let folded = fold(part);
    let meanings = [Meaning::CommonWord, Meaning::PeopleWord, Meaning::ListNoun, Meaning::PageWord];
    words.role_of(part) != Role::Other
        || meanings.into_iter().any(|one| words.is(one, &folded))
        || words.has_stem(Meaning::DataStem, &format!(" {folded} "))
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
            ("", &["Birch Labs - hosting - US", "Cedar - mail - Norway"], "vendors"),
            ("", &["birch.io - hosting", "CedarMail - Norway"], "vendors"),
            ("", &["Birch - hosting - US", "Cedar - mail - Norway"], "Birch - hosting - US + Cedar - mail - Norway"),
            ("", &["Birch (US): hosting", "Backups: nightly"], "Birch (US): hosting"),
            ("", &["Birch: hosting (US)"], "Birch: hosting (US)"),
            ("", &["Backups: nightly", "Logs: 30 days"], "others"),
            ("", &["GDPR - privacy law - EU", "Customer Data: Germany"], "others"),
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
