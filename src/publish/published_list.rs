//! A published list as an inventory, to compare it with another reading of the same version.

use std::{str::FromStr, sync::Arc};

use changecast_core::{
    change::column_order,
    ledger::{Json, List, json::Members},
    model::{
        Cell, Column, Entry, EntryId, Fact, FieldKey, Hints, Inventory, Layout, RichText, Role, Section, SectionId,
        Terms, Text, TextSpan,
    },
};

/// A member of a published list that this edition cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the published list has no valid {0}")]
pub struct BadMember(&'static str);

/// The inventory that a published list states. The order of entries, which is not published, is that of their ids.
///
/// # Errors
/// [`BadMember`] for a list that another implementation wrote in a form that this one does not know.
pub(super) fn inventory(list: &List) -> Result<Inventory, BadMember> {
    let facts = list.facts().value();
    let mut columns =
        members(facts, "columns").map(|(key, value)| column(key, value)).collect::<Result<Vec<_>, _>>()?;
    columns.sort_by_cached_key(column_order);
    let sections = members(facts, "sections").map(|(id, value)| section(id, value)).collect::<Result<Vec<_>, _>>()?;
    let entries = list.entries().map(|(id, leaf)| entry(id, leaf.value(), &columns)).collect::<Result<Vec<_>, _>>()?;
    Ok(Inventory {
        facts: list_facts(facts)?,
        terms: terms(facts)?,
        columns,
        sections,
        entries,
        layout: layout(facts)?,
    })
}

fn members<'j>(value: &'j Json, key: &str) -> impl Iterator<Item = (&'j String, &'j Json)> {
    value.get(key).and_then(Json::as_object).into_iter().flat_map(Members::iter)
}

fn parse<T: FromStr>(text: &str, what: &'static str) -> Result<T, BadMember> {
    text.parse().map_err(|_| BadMember(what))
}

/// The texts of spans, one after the other.
pub(super) fn text(spans: Option<&Json>) -> Text {
    let plain: String = match spans {
        Some(Json::Text(text)) => text.clone(),
        Some(Json::Array(spans)) => spans.iter().filter_map(|span| span.text("text")).collect(),
        _ => String::new(),
    };
    Text::new(&plain)
}

/// The text with its links.
fn rich_text(spans: &Json) -> Result<RichText, BadMember> {
    let spans: Vec<TextSpan> = serde_json::from_value(spans.to_serde()).map_err(|_| BadMember("text of a field"))?;
    RichText::from_spans(&spans).map_err(|_| BadMember("text of a field"))
}

fn column(key: &str, value: &Json) -> Result<Column, BadMember> {
    let role = value.text("role").and_then(|role| role.parse::<Role>().ok()).ok_or(BadMember("role of a column"))?;
    Ok(Column { field: parse(key, "key of a column")?, label: text(value.get("label")), role })
}

fn section(id: &str, value: &Json) -> Result<Section, BadMember> {
    let id: SectionId = parse(id, "id of a section")?;
    Ok(Section { id, title: text(value.get("title")), note: text(value.get("note")) })
}

fn entry(id: &str, value: &Json, columns: &[Column]) -> Result<Arc<Entry>, BadMember> {
    let mut cells = Vec::new();
    for (key, spans) in members(value, "fields") {
        let field: FieldKey = parse(key, "key of a field")?;
        cells.push(Cell { field, text: rich_text(spans)? });
    }
    cells.sort_by_key(|cell| columns.iter().position(|column| column.field == cell.field));
    let formerly = value.get("formerly").and_then(Json::as_array).unwrap_or_default();
    let hints = Hints {
        formerly: formerly.iter().filter_map(Json::as_text).map(Text::new).collect(),
        replaces: value.text("replaces").map(Text::new),
    };
    let (id, section) = (parse::<EntryId>(id, "id of an entry")?, value.text("section").unwrap_or_default());
    let section = parse(section, "section of an entry")?;
    Ok(Arc::new(Entry { id, name: text(value.get("name")), section, cells, hints }))
}

fn list_facts(facts: &Json) -> Result<Vec<Fact>, BadMember> {
    let mut out = Vec::new();
    for (key, label) in [("title", "Title"), ("description", "Description")] {
        if let Some(spans) = facts.get(key) {
            out.push(Fact { field: parse(key, "fact")?, label: Text::new(label), text: text(Some(spans)) });
        }
    }
    for (key, value) in members(facts, "texts") {
        out.push(Fact {
            field: parse(key, "key of a text")?,
            label: text(value.get("label")),
            text: text(value.get("text")),
        });
    }
    Ok(out)
}

pub(super) fn terms(facts: &Json) -> Result<Option<Terms>, BadMember> {
    let terms = facts.get("terms").map(|terms| Terms::from_json(&terms.to_serde()));
    terms.transpose().map_err(|_| BadMember("notice terms"))
}

fn layout(facts: &Json) -> Result<Layout, BadMember> {
    match facts.get("layout") {
        None => Ok(Layout::default()),
        Some(value) => serde_json::from_value(value.to_serde()).map_err(|_| BadMember("layout")),
    }
}
