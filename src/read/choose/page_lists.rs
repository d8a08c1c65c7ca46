//! Selects the parts of a page that are the list, as a careful reader would.

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    model::{Role, fold},
    vocabulary::Vocabulary,
};

use crate::read::{
    choose::{
        beside::Beside,
        fitness::Fitness,
        page_parts::{Found, is_name},
        part::{NameColumn, Part},
        part_kind::{PartKind, Standing, kinds_of},
        recipients::are_recipients,
        repetition::{Group, Repetition, are_same_columns, have_details_of_tables},
        shapes::without_number,
        statement::Statement,
    },
    config::ReadingConfig,
    source_text::SourceText,
    syntax::block::{Item, split},
};

/// A part of a page, and whether it is a part of the list.
pub(crate) struct Decision<'a> {
    pub part: Part<'a>,
    pub verdict: Verdict,
    /// The plain names of its rows that another table describes with more details. These rows add nobody.
    pub described_elsewhere: BTreeSet<String>,
}

/// Whether a part is a part of the list, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a part of the list.
    Chosen,
    /// It cannot be one. The reason completes the sentence "the table in line 3 …".
    Excluded(&'static str),
    /// It may be one, but other parts fit better.
    LeftOut(&'static str),
    /// It repeats vendors of the list.
    Repeats,
}

impl Decision<'_> {
    pub fn is_chosen(&self) -> bool {
        self.verdict == Verdict::Chosen
    }
}

/// Decides which tables and lists are the inventory. The path and the front matter of the page may state its subject.
/// If the configuration names headings, the parts below them are the inventory.
pub(crate) fn decide<'a>(found: &'a [Found<'a>], about: &str, config: &'a ReadingConfig) -> Vec<Decision<'a>> {
    let parts: Vec<Part<'a>> = found.iter().map(|found| Part::of(found, config)).collect();
    let kinds = kinds_of(&parts);
    let parts: Vec<(Part<'a>, &PartKind)> = parts.into_iter().zip(kinds).collect();
    let mut choice = match &config.tables[..] {
        [] => choose(&parts, about),
        names => Choice { chosen: named(found, names), ..Choice::default() },
    };
    let decisions = parts.into_iter().enumerate().map(|(place, (part, kind))| Decision {
        verdict: choice.verdict(place, &part, kind),
        part,
        described_elsewhere: choice.described_elsewhere.remove(&place).unwrap_or_default(),
    });
    decisions.collect()
}

/// The places of the parts that were chosen.
#[derive(Default)]
struct Choice {
    chosen: BTreeSet<usize>,
    /// The places of tables that would be chosen if they did not repeat vendors of others.
    repeated: BTreeSet<usize>,
    /// The plain names that a chosen table has and another one describes with more details, by the place of the table.
    described_elsewhere: BTreeMap<usize, BTreeSet<String>>,
}

impl Choice {
    fn verdict(&self, place: usize, part: &Part<'_>, kind: &PartKind) -> Verdict {
        match kind.standing {
            _ if self.chosen.contains(&place) => Verdict::Chosen,
            _ if self.repeated.contains(&place) => Verdict::Repeats,
            Standing::Excluded | Standing::Fallback => Verdict::Excluded(kind.reason),
            Standing::Candidate if part.found.is_table() => Verdict::LeftOut("has other columns than the list"),
            Standing::Candidate => Verdict::LeftOut(kind.reason),
        }
    }
}

/// The tables and lists under the headings that the configuration names.
fn named(found: &[Found<'_>], names: &[String]) -> BTreeSet<usize> {
    let is_below =
        |part: &Found<'_>| part.headings.iter().any(|heading| names.iter().any(|name| is_same_heading(name, heading)));
    let all: Vec<usize> = (0..found.len()).filter(|place| is_below(&found[*place])).collect();
    let has_table = all.iter().any(|place| found[*place].is_table());
    all.into_iter().filter(|place| !has_table || found[*place].is_table()).collect()
}

/// Whether a configured heading and one of the page are equal, apart from their numbers.
fn is_same_heading(name: &str, heading: &str) -> bool {
    fold(without_number(name)) == fold(without_number(heading))
}

/// A part with its place on the page.
type Placed<'p, 'a> = (usize, &'p Part<'a>);

/// The parts that are the inventory, by their places.
fn choose(parts: &[(Part<'_>, &PartKind)], about: &str) -> Choice {
    let candidates = of_standing(parts, &[Standing::Candidate]);
    let mut choice = Selection { parts: &candidates, about }.choose();
    if choice.chosen.is_empty() {
        let all = of_standing(parts, &[Standing::Candidate, Standing::Fallback]);
        choice = Selection { parts: &all, about }.choose();
    }
    if choice.chosen.is_empty() && parts.iter().all(|(part, _)| !part.found.is_table()) {
        let all = of_standing(parts, &[Standing::Candidate, Standing::Fallback]);
        choice.chosen.extend(all.iter().filter(|(_, part)| are_recipients(part)).map(|(place, _)| *place));
    }
    // Bullets under an unrelated heading do not replace tables of vendors.
    let has_past = parts.iter().any(|(part, kind)| kind.standing == Standing::Excluded && is_table_of_past(part));
    let has_vendors = choice.chosen.iter().any(|place| {
        let part = &parts[*place].0;
        (part.found.is_table() && Fitness::of(part) > Fitness::Any)
            || part.found.is_record()
            || part.words().is_about_vendors(part.found.heading())
            || part.found.is_table() && part.statement == Some(Statement::InUse) && part.is_below_vendors()
    });
    if has_past && !has_vendors { Choice::default() } else { choice }
}

fn of_standing<'p, 'a>(parts: &'p [(Part<'a>, &PartKind)], standing: &[Standing]) -> Vec<Placed<'p, 'a>> {
    let parts = parts.iter().enumerate().filter(|(_, (_, kind))| standing.contains(&kind.standing));
    parts.map(|(place, (part, _))| (place, part)).collect()
}

/// Whether this is a table of vendors that are stated not to be in use.
fn is_table_of_past(part: &Part<'_>) -> bool {
    part.statement.is_some() && Fitness::of(part) > Fitness::Any && part.found.is_table()
}

/// The parts to choose from.
struct Selection<'p, 'a> {
    parts: &'p [Placed<'p, 'a>],
    /// What path and front matter state.
    about: &'p str,
}

impl Selection<'_, '_> {
    fn choose(&self) -> Choice {
        let tables: Vec<_> = self.parts.iter().copied().filter(|(_, part)| part.found.is_table()).collect();
        let best = tables.iter().map(|(_, part)| Fitness::of(part)).max();
        match best {
            Some(level @ (Fitness::Vendors | Fitness::Named)) => {
                let mut chosen = self.tables_like(&tables, level);
                chosen.extend(self.lists_beside(&chosen));
                self.without_repetitions(chosen)
            }
            _ => Choice { chosen: self.only_table_or_lists(&tables), ..Choice::default() },
        }
    }

    /// The only table, or the lists. A table without a column of names does not replace bullets that are introduced
    /// as vendors.
    fn only_table_or_lists(&self, tables: &[Placed<'_, '_>]) -> BTreeSet<usize> {
        let lists = self.lists();
        match tables {
            [(place, only)] if !self.are_introduced(&lists, only) && self.may_be_only_table(only) => {
                BTreeSet::from([*place])
            }
            _ => lists,
        }
    }

    fn page_is_about_vendors(&self, part: &Part<'_>) -> bool {
        part.words().is_about_vendors(self.about)
    }

    /// The tables of a fitness, those with the same columns, and those that continue them.
    fn tables_like(&self, tables: &[Placed<'_, '_>], level: Fitness) -> BTreeSet<usize> {
        let fitting: Vec<&Part<'_>> =
            tables.iter().filter(|(_, part)| Fitness::of(part) == level).map(|(_, part)| *part).collect();
        let like = tables.iter().filter(|(_, part)| {
            Fitness::of(part) == level
                || self.joins(part)
                || self.is_of_plans(part)
                || fitting.iter().any(|other| has_same_columns(part, other) || continues(part, other))
        });
        like.map(|(place, _)| *place).collect()
    }

    /// Whether a table of other columns lists vendors that will be used: "Coming soon" is above it.
    fn is_of_plans(&self, part: &Part<'_>) -> bool {
        let is_about_vendors = part.is_below_vendors() || self.page_is_about_vendors(part);
        part.statement == Some(Statement::Planned) && part.labels.len() > 1 && is_about_vendors
    }

    /// Whether a table of other columns also lists vendors: it begins with their names, on a page or below a heading
    /// about vendors.
    fn joins(&self, part: &Part<'_>) -> bool {
        let is_first = matches!(part.name_column, NameColumn::Stated(place) if NameColumn::first(&part.labels, part.config) == place);
        is_first && part.labels.len() > 1 && (part.is_below_vendors() || self.page_is_about_vendors(part))
    }

    /// The lists and records that belong to the inventory although it has tables.
    fn lists_beside(&self, tables: &BTreeSet<usize>) -> Vec<usize> {
        let headings: Vec<&[&SourceText]> = self
            .parts
            .iter()
            .filter(|(place, _)| tables.contains(place))
            .map(|(_, part)| &part.found.headings[..])
            .collect();
        let records = self.parts.iter().filter(|(_, part)| part.found.is_record() && self.is_about_vendors(part));
        let records: Vec<usize> = records.map(|(place, _)| *place).collect();
        let chosen = self.parts.iter().filter(|(place, _)| tables.contains(place)).map(|(_, part)| *part);
        let known: BTreeSet<String> = chosen.flat_map(|table| table.plain_names()).collect();
        let lists = self.parts.iter().filter(|(_, part)| {
            // Bullets below the heading of a table are remarks on it, unless a sentence or they themselves state more.
            let is_remark = headings.contains(&&part.found.headings[..]);
            let is_introduced = !is_remark || part.words().is_about_vendors(part.found.lead_text());
            lists_vendors(part) && is_introduced
                || (is_remark || part.is_below_vendors()) && matches!(Beside::of(part, &known), Beside::Vendors)
        });
        let lists = lists.map(|(place, _)| *place);
        // One vendor described field by field may be an example; several are the list.
        if records.len() > 1 { lists.chain(records).collect() } else { lists.collect() }
    }

    fn is_about_vendors(&self, part: &Part<'_>) -> bool {
        self.page_is_about_vendors(part) || part.found.is_about_vendors(part.words())
    }

    /// The lists and records that are the inventory of a page without tables of vendors.
    fn lists(&self) -> BTreeSet<usize> {
        let lists = self.parts.iter().filter(|(_, part)| !part.found.is_table() && self.is_about_vendors(part));
        let lists: Vec<Placed<'_, '_>> = lists.copied().collect();
        let records: BTreeSet<usize> =
            lists.iter().filter(|(_, part)| part.found.is_record()).map(|(place, _)| *place).collect();
        if records.len() > 1 {
            return records;
        }
        // If some lists are known to be of vendors, others belong to them only if they have the same shape.
        let shapes: Vec<_> = lists
            .iter()
            .filter(|(_, part)| part.found.is_introduced_as_vendors(part.words()))
            .map(|(_, part)| part.found.shape(part.words()))
            .collect();
        let chosen = lists.iter().filter(|(_, part)| {
            shapes.is_empty() || part.found.is_record() || shapes.contains(&part.found.shape(part.words()))
        });
        chosen.map(|(place, _)| *place).collect()
    }

    /// Whether lists are introduced as vendors and the only table is not. The heading above several records is that of
    /// their names.
    fn are_introduced(&self, lists: &BTreeSet<usize>, table: &Part<'_>) -> bool {
        let parts = || self.parts.iter().filter(|(place, _)| lists.contains(place)).map(|(_, part)| *part);
        let is_introduced = |part: &&Part<'_>| part.found.is_introduced_as_vendors(part.words());
        let records = parts().filter(|part| part.found.is_record() && is_introduced(part));
        parts().any(|part| part.words().is_about_vendors(part.found.heading()))
            || records.count() > 1
            || !self.is_about_vendors(table) && parts().any(|part| is_introduced(&part))
    }

    /// Whether the only table of a page can be the list although no header means a name.
    fn may_be_only_table(&self, part: &Part<'_>) -> bool {
        part.labels.len() > 1 || self.is_about_vendors(part)
    }

    /// Separates the tables that repeat the vendors of others with fewer details from the other chosen parts.
    fn without_repetitions(&self, chosen: BTreeSet<usize>) -> Choice {
        let parts: Vec<Placed<'_, '_>> =
            self.parts.iter().copied().filter(|(place, _)| chosen.contains(place)).collect();
        let mut choice = Choice { chosen, ..Choice::default() };
        if parts.len() < 2 {
            return choice;
        }
        let all: Vec<&Part<'_>> = parts.iter().map(|(_, part)| *part).collect();
        let (records, parts): (Vec<Placed<'_, '_>>, Vec<Placed<'_, '_>>) =
            parts.into_iter().partition(|(_, part)| part.found.is_record() && have_details_of_tables(&all));
        choice.repeated.extend(records.iter().map(|(place, _)| *place));
        let records = parts.iter().filter(|(_, part)| part.found.is_record());
        let records = Group::of(records.map(|(_, part)| *part));
        let others = parts.iter().filter(|(_, part)| !part.found.is_record());
        let others: Vec<(usize, Group)> = others.map(|(place, part)| (*place, Group::of([*part]))).collect();
        let groups: Vec<&Group> = others.iter().map(|(_, group)| group).chain([&records]).collect();
        let tables = parts.iter().filter(|(_, part)| part.found.is_table()).map(|(place, _)| *place);
        for place in tables {
            let Some((_, own)) = others.iter().find(|(other, _)| *other == place) else { continue };
            match own.repetition(groups.iter().copied()) {
                Repetition::None => {}
                Repetition::Partly(names) => _ = choice.described_elsewhere.insert(place, names),
                Repetition::Mostly => _ = choice.repeated.insert(place),
            }
        }
        choice.chosen.retain(|place| !choice.repeated.contains(place));
        choice
    }
}

fn has_same_columns(part: &Part<'_>, other: &Part<'_>) -> bool {
    are_same_columns(&other.found.columns(), &part.found.columns())
}

/// Whether a table continues another one with the same column of names: its heading states that its vendors are
/// planned or used, or it shares another column.
fn continues(part: &Part<'_>, other: &Part<'_>) -> bool {
    let (own, others) = (part.found.columns(), other.found.columns());
    let (name, other_name) = (own.get(part.name_column.place()), others.get(other.name_column.place()));
    let shared = own.iter().filter(|label| others.contains(label) && part.config.role(label) != Role::Other).count();
    let is_stated = part.statement.is_some();
    name.is_some() && name == other_name && (is_stated || (shared > 1 && part.is_below_vendors()))
}

/// Whether a list belongs to the inventory even if the page also has tables: its heading is about vendors, and every
/// bullet has a name and a description.
fn lists_vendors(part: &Part<'_>) -> bool {
    let Some(items) = part.items() else { return false };
    let is_introduced =
        part.words().is_about_vendors(part.found.heading()) || part.words().is_about_vendors(part.found.lead_text());
    is_introduced
        && part.found.headings.len() > 1
        && items.iter().all(|item| item.lead.is_some() && is_described_name(part.words(), item))
}

/// Whether a bullet has a name and a description.
fn is_described_name(words: &Vocabulary, item: &Item) -> bool {
    let (name, description) = split(words, item);
    is_name(&name) && !description.is_empty()
}

/// Whether most bullets begin with something that can be a name.
pub(crate) fn names_things(words: &Vocabulary, items: &[Item]) -> bool {
    let is_named = |item: &&Item| {
        let name = split(words, item).0;
        is_name(&name) && (item.lead.is_some() || !is_clause(&item.rest) && !begins_with_sentence(&item.rest, &name))
    };
    let named = items.iter().filter(is_named).count();
    named * 3 >= items.len() * 2 && named > 0
}

/// Whether the text before a full stop is a sentence rather than a name: three of its words in a row are not capitalised.
fn begins_with_sentence(text: &str, before: &str) -> bool {
    let ends = text.trim_start().strip_prefix(before).is_some_and(|rest| rest.starts_with(". "));
    let small: Vec<bool> = before.split_whitespace().map(|word| word.starts_with(char::is_lowercase)).collect();
    ends && small.windows(3).any(|three| three == [true; 3])
}

/// Whether a text is a clause of plain words ("Review the list quarterly"), as no name is.
fn is_clause(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() >= 3
        && words.iter().all(|word| word.trim_end_matches(['.', ',', ';']).chars().all(char::is_alphabetic))
        && words[1..].iter().all(|word| word.starts_with(char::is_lowercase))
}
