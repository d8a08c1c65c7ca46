//! Bullets that are entries: the name, the description and the places of each.
//!
//! ```text
//! - Alder: backups, Norway
//! - Alder (backups)
//! - Alder – backups (Norway)
//! ```

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        entry_name::begins_with_date,
        places::{are_places, opening_parenthesis, places_behind, places_in_front},
    },
    source_text::SourceText,
    syntax::block::{DASHES, Item, split},
};

/// Codes of places without another meaning at the end of a description. "IT" and "AI" do.
const CERTAIN_CODES: [&str; 3] = ["EU", "UK", "US"];

/// The length of the shortest codes of places.
const CODE: usize = 2;

/// How most bullets of a list are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// Most have a description, in parentheses or not.
    are_described: bool,
    /// Most have their description in parentheses.
    has_parentheses: bool,
    /// Most end with a place behind a comma.
    ends_with_places: bool,
}

impl Style {
    pub fn of(words: &Vocabulary, items: &[Item]) -> Self {
        let (mut described, mut in_parentheses, mut with_places) = (0, 0, 0);
        for item in items {
            let (name, rest) = split(words, item);
            let is_remark = |(_, inside): (&str, &str)| begins_small(inside) && is_description(words, inside);
            let is_in_parentheses = !is_described(item, &rest) && parenthesis_at_end(&name).is_some_and(is_remark);
            described += usize::from(is_described(item, &rest) || is_in_parentheses);
            in_parentheses += usize::from(is_in_parentheses);
            with_places += usize::from(places_behind_comma(words, &rest).is_some());
        }
        let is_most = |count: usize| count * 2 > items.len();
        Style {
            are_described: is_most(described),
            has_parentheses: is_most(in_parentheses),
            ends_with_places: is_most(with_places),
        }
    }
}

/// The parts of a bullet.
pub(crate) struct Bullet {
    pub name: SourceText,
    pub purpose: Vec<SourceText>,
    pub places: Vec<SourceText>,
}

impl Bullet {
    pub fn of(words: &Vocabulary, item: &Item, style: Style) -> Self {
        let (name, rest) = split(words, item);
        let in_parentheses = parenthesis_at_end(&name).filter(|(_, inside)| {
            let is_usual = if begins_small(inside) { style.are_described } else { style.has_parentheses };
            !is_described(item, &rest) && is_usual && is_description(words, inside)
        });
        if let Some((before, inside)) = in_parentheses {
            return Bullet { name: name.part(before), purpose: vec![name.part(inside)], places: Vec::new() };
        }
        let (in_front, behind) = places_in_front(words, &rest);
        let (behind, at_end) = places_behind(words, behind);
        let (located, mut described): (Vec<&str>, Vec<&str>) =
            pieces(behind).into_iter().partition(|text| are_places(words, text));
        let mut places: Vec<&str> = in_front.into_iter().chain(located).chain(at_end).collect();
        if let Some(last) = described.last_mut().filter(|_| places.is_empty())
            && let Some((before, behind)) = places_behind_comma(words, last)
            && (style.ends_with_places || is_certain(behind))
        {
            *last = before;
            places.push(behind);
        }
        let parts = |texts: Vec<&str>| texts.into_iter().map(|text| rest.part(text)).collect();
        Bullet { purpose: parts(described), places: parts(places), name }
    }
}

/// Whether a bullet has a description behind its name, or below it.
fn is_described(item: &Item, rest: &str) -> bool {
    !rest.trim().is_empty() || !item.children.is_empty()
}

/// The parts of a text between dashes.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = vec![text];
    for by in DASHES {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(by)).collect();
    }
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// The text before a parenthesis at the end, and the text in it.
fn parenthesis_at_end(name: &str) -> Option<(&str, &str)> {
    let inside = name.trim_end().strip_suffix(')')?;
    let (before, inside) = inside.split_at(opening_parenthesis(inside)?);
    let (before, inside) = (before.trim(), inside[1..].trim());
    (!before.is_empty() && !inside.is_empty()).then_some((before, inside))
}

fn begins_small(text: &str) -> bool {
    text.starts_with(char::is_lowercase)
}

/// Whether a text in parentheses behind a name describes the vendor, and is no place, status, date, condition, earlier
/// name, company or short form.
fn is_description(words: &Vocabulary, inside: &str) -> bool {
    let folded = fold(inside);
    let last = folded.rsplit(' ').next().unwrap_or_default();
    let is_short_form = !inside.contains(char::is_lowercase);
    let is_company = words.is(Meaning::LegalForm, &last.replace('.', ""));
    let is_address = inside.contains("://") || !inside.contains(' ') && inside.contains('.');
    !is_short_form
        && !is_company
        && !is_address
        && !are_places(words, inside)
        && !begins_with_date(words, inside)
        && words.status_prefix(&folded).is_none()
        && !words.begins_with(Meaning::EarlierName, &folded)
        && !words.has_word(Meaning::Condition, &folded)
        && !words.is_about_vendors(inside)
}

/// A description before a comma, and the places behind it: "hosting, storage, Norway". `None` if the description ends
/// with a place, too: "support in France, Spain".
fn places_behind_comma<'t>(words: &Vocabulary, text: &'t str) -> Option<(&'t str, &'t str)> {
    let text = text.trim().trim_end_matches(['.', ';']);
    let commas: Vec<usize> = text.match_indices(',').map(|(at, _)| at).collect();
    let is_place = |comma: &&usize| {
        let part = text[**comma + 1..].split(',').next().unwrap_or_default().trim();
        !part.is_empty() && are_places(words, part)
    };
    let at = *commas.iter().rev().take_while(is_place).last()?;
    let (before, behind) = (text[..at].trim(), text[at + 1..].trim());
    let last = before.rfind(' ').map_or(0, |space| space + 1);
    let last_two = before[..last].trim_end().rfind(' ').map_or(0, |space| space + 1);
    let is_description = !before.is_empty() && ![last, last_two].iter().any(|from| are_places(words, &before[*from..]));
    is_description.then_some((before, behind))
}

/// Whether places cannot mean something else: they are more than one code of two letters.
fn is_certain(places: &str) -> bool {
    places.len() > CODE || CERTAIN_CODES.contains(&places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::position::Position;

    fn items(lines: &[&str]) -> Vec<Item> {
        lines.iter().map(|line| Item { rest: (*line).into(), ..Item::new(Position::START) }).collect()
    }

    fn read(lines: &[&str]) -> Vec<String> {
        let (words, items) = (Vocabulary::builtin(), items(lines));
        let style = Style::of(words, &items);
        let bullets = items.iter().map(|item| Bullet::of(words, item, style)).map(|bullet| {
            let [purpose, places] = [bullet.purpose, bullet.places].map(|texts| SourceText::join(&texts, "+"));
            format!("{}|{}|{}", bullet.name.as_str(), purpose.as_str(), places.as_str())
        });
        bullets.collect()
    }

    #[test]
    fn descriptions_are_in_parentheses_if_most_bullets_have_one() {
        for (lines, expected) in [
            (
                &["Alder (backups)", "Birch (mail)", "Cedar (Hosting)"][..],
                &["Alder|backups|", "Birch|mail|", "Cedar|Hosting|"][..],
            ),
            (&["Alder: backups", "Birch (mail and post)"], &["Alder|backups|", "Birch|mail and post|"]),
            (&["Alder (self-hosted)", "Birch", "Cedar"], &["Alder (self-hosted)||", "Birch||", "Cedar||"]),
            (&["Alder (Birch Group)", "Cedar (CDR)"], &["Alder (Birch Group)||", "Cedar (CDR)||"]),
            (
                &[
                    "Alder (backups)", "Birch (formerly Dogwood)", "Cedar (calls)", "Elm (EU)", "Fir (files)",
                    "Gum (Gum Inc.)", "Hazel (help)",
                ],
                &[
                    "Alder|backups|", "Birch (formerly Dogwood)||", "Cedar|calls|", "Elm (EU)||", "Fir|files|",
                    "Gum (Gum Inc.)||", "Hazel|help|",
                ],
            ),
        ] {
            assert_eq!(read(lines), expected);
        }
    }

    #[test]
    fn places_stand_behind_the_last_comma() {
        for (lines, expected) in [
            (&["Alder: hosting, US"][..], &["Alder|hosting|US"][..]),
            (&["Alder: hosting, storage, Norway, Spain."], &["Alder|hosting, storage|Norway, Spain"]),
            (&["Alder: support in France, Spain"], &["Alder|support in France, Spain|"]),
            (&["Alder: help in New Zealand, Spain"], &["Alder|help in New Zealand, Spain|"]),
            (&["Alder: analytics, AI", "Birch: mail"], &["Alder|analytics, AI|", "Birch|mail|"]),
            (&["Alder: analytics, DE", "Birch: mail, Norway"], &["Alder|analytics|DE", "Birch|mail|Norway"]),
            (&["Alder: mail, maps"], &["Alder|mail, maps|"]),
        ] {
            assert_eq!(read(lines), expected);
        }
    }
}
