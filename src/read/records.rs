//! Lists of maps that nobody wrote for this program: in YAML, JSON or TOML, at the top or nested
//! under keys, also a map of maps. The keys tell the roles, and the roles tell which list it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{EntryId, Role, readable};

use super::{
    Options,
    draft::{Draft, DraftRow, DraftSection},
    error::{Problem, ReadError},
    native,
    tree::{Key, Node, Value},
};

/// A list (or map) of maps, and where it hangs in the tree.
struct Found<'a> {
    /// The keys on the way, without places in lists: lists that are alike have the same.
    pattern: Vec<&'a str>,
    /// The names on the way: keys of maps, and what nested groups are called.
    titles: Vec<String>,
    entries: Vec<(Option<&'a Key>, &'a Node)>,
}

/// Reads a tree.
pub(super) fn draft(root: &Node, options: &Options) -> Result<Draft, ReadError> {
    let mut found = Vec::new();
    search(root, &mut Vec::new(), &mut Vec::new(), options, &mut found);
    let mut by_pattern: BTreeMap<&[&str], Vec<&Found<'_>>> = BTreeMap::new();
    for list in &found {
        by_pattern.entry(&list.pattern).or_default().push(list);
    }
    // The list is the one whose entries say the most, then the longest, then the nearest to the top.
    let fitness = |lists: &[&Found<'_>]| {
        let entries = || lists.iter().flat_map(|list| &list.entries);
        let roles: BTreeSet<Role> = entries().flat_map(|(_, node)| roles_of(node, options)).collect();
        (roles.len(), entries().count())
    };
    let best = by_pattern.iter().max_by_key(|(pattern, lists)| (fitness(lists), usize::MAX - pattern.len()));
    let Some((best, lists)) = best else {
        return Err(ReadError::at(
            root.at,
            Problem::NoList(format!("{} without a list of maps that have names", root.found())),
        ));
    };
    // Lists of the same roles beside it are sections of one inventory: `eu: […]`, `us: […]`.
    let siblings = |pattern: &[&str]| {
        pattern.len() == best.len() && pattern.split_last().map(|(_, up)| up) == best.split_last().map(|(_, up)| up)
    };
    let (roles, _) = fitness(lists);
    // A short group says less of its entries than the others, and nothing else.
    let keys = |lists: &[&Found<'_>]| -> BTreeSet<String> {
        let maps = lists.iter().flat_map(|list| &list.entries).filter_map(|(_, node)| match &node.value {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        });
        maps.flatten().map(|(key, _)| key.text.clone()).collect()
    };
    let known = keys(lists);
    // `{subprocessors: […], team: […]}` says which is the list; `{hosting: […], mail: […]}` does not.
    let says_vendors = |key: Option<&&str>| key.is_some_and(|key| Role::of_label(key).0 == Role::Name);
    let groups = says_vendors(best.iter().rev().nth(1)) || !says_vendors(best.last());
    let belongs = |lists: &[&Found<'_>]| {
        let own = keys(lists);
        (fitness(lists).0 == roles && roles > 1) || (own.is_subset(&known) && (own.len() > 1 || groups))
    };
    let chosen: Vec<&Found<'_>> = by_pattern
        .iter()
        .filter(|(pattern, lists)| *pattern == best || (siblings(pattern) && belongs(lists)))
        .flat_map(|(_, lists)| lists.iter().copied())
        .collect();
    let mut draft = Draft::default();
    let several = chosen.len() > 1;
    for list in chosen {
        let title = if several { list.titles.join(" / ") } else { String::new() };
        let mut section = DraftSection { title, ..DraftSection::default() };
        for (key, node) in &list.entries {
            section.rows.push(row(&mut draft, *key, node, options)?);
        }
        draft.sections.push(section);
    }
    drop_ambiguous_ids(&mut draft);
    Ok(draft)
}

/// Finds every list of maps with names, outer ones before inner ones.
fn search<'a>(
    node: &'a Node,
    pattern: &mut Vec<&'a str>,
    titles: &mut Vec<String>,
    options: &Options,
    found: &mut Vec<Found<'a>>,
) {
    let entries: Vec<(Option<&Key>, &Node)> = match &node.value {
        Value::List(nodes) => nodes.iter().map(|node| (None, node)).collect(),
        Value::Map(pairs) => pairs.iter().map(|(key, node)| (Some(key), node)).collect(),
        Value::Null | Value::Text(_) => return,
    };
    let maps = entries.iter().filter(|(_, node)| matches!(node.value, Value::Map(_))).count();
    let named = entries.iter().filter(|(_, node)| name_of(node, options).is_some()).count();
    let is_list = matches!(node.value, Value::List(_));
    let texts = entries.iter().filter(|(_, node)| matches!(node.value, Value::Text(_))).count();
    let speaks_of_vendors = pattern.last().is_some_and(|key| Role::of_label(key).0 == Role::Name);
    let fits = if is_list {
        (named > 0 && named * 3 >= entries.len() * 2) || (texts == entries.len() && texts > 0 && speaks_of_vendors)
    } else {
        // A map of maps: its keys are the names, unless they are the keys of one thing.
        let told = entries.iter().filter(|(_, node)| !roles_of(node, options).is_empty()).count();
        maps > 1 && maps == entries.len() && told > 1 && told * 3 >= entries.len() * 2
    };
    if fits {
        found.push(Found { pattern: pattern.clone(), titles: titles.clone(), entries: entries.clone() });
    }
    for (key, child) in entries {
        let title = match key {
            Some(key) => Some(readable(&key.text)),
            None => name_of(child, options).map(str::to_owned),
        };
        // `items:` in a group is no title of its own; the group's name is.
        let depth = titles.len();
        match key {
            Some(key) => {
                pattern.push(&key.text);
                if !is_structural(&key.text) {
                    titles.extend(title);
                }
            }
            None => titles.extend(title),
        }
        search(child, pattern, titles, options, found);
        titles.truncate(depth);
        if key.is_some() {
            pattern.pop();
        }
    }
}

/// Keys that hold entries and say nothing about them.
fn is_structural(key: &str) -> bool {
    matches!(
        key,
        "items"
            | "entries"
            | "list"
            | "data"
            | "values"
            | "records"
            | "vendors"
            | "providers"
            | "subcategories"
            | "categories"
            | "groups"
            | "sections"
    ) || Role::of_label(key).0 == Role::Name
}

/// The name that a map gives itself.
fn name_of<'a>(node: &'a Node, options: &Options) -> Option<&'a str> {
    let Value::Map(pairs) = &node.value else { return None };
    let names = pairs.iter().filter_map(|(key, node)| match (options.role(&readable(&key.text)), &node.value) {
        ((Role::Name, rank), Value::Text(text)) if !text.trim().is_empty() => Some((rank, text.as_str())),
        _ => None,
    });
    names.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
}

/// The roles that the keys of a map have.
fn roles_of(node: &Node, options: &Options) -> Vec<Role> {
    let Value::Map(pairs) = &node.value else { return Vec::new() };
    pairs.iter().map(|(key, _)| options.role(&readable(&key.text)).0).filter(|role| *role != Role::Other).collect()
}

/// An entry; maps inside it become columns of their own (`contact: {email: …}` is "Contact email").
fn row(draft: &mut Draft, key: Option<&Key>, node: &Node, options: &Options) -> Result<DraftRow, ReadError> {
    let flat = flattened(node);
    let mut row = native::read_entry(draft, &flat)?;
    // Without a name of its own, the key of a map of maps is the name.
    if let Some(key) = key {
        if name_of(node, options).is_none() {
            let label = draft.labels.intern("Name");
            row.cells.insert(0, (label, key.text.clone()));
        } else {
            row.id = row.id.or_else(|| EntryId::new(&key.text).ok());
        }
    }
    if let Value::Text(name) = &node.value {
        let label = draft.labels.intern("Name");
        row.cells.push((label, name.clone()));
    }
    Ok(row)
}

/// The map without maps and lists of maps in it. A key that only marks a place (`- item:`) is gone.
fn flattened(node: &Node) -> Node {
    let mut flat = Flat::default();
    if let Value::Map(members) = &node.value {
        for (key, value) in members {
            flatten_into(&mut flat, key, &key.text, value);
        }
    }
    Node { at: node.at, value: Value::Map(flat.pairs) }
}

/// The members of a flattened map, and where each key stands in it.
#[derive(Default)]
struct Flat {
    pairs: Vec<(Key, Node)>,
    known: HashMap<String, usize>,
}

fn flatten_into(flat: &mut Flat, key: &Key, name: &str, value: &Node) {
    let put = |flat: &mut Flat, value: Value| {
        let next = flat.pairs.len();
        let at = *flat.known.entry(name.to_owned()).or_insert(next);
        match flat.pairs.get_mut(at) {
            // The same key further in: both are said.
            Some((_, known)) => {
                let both = [known.line(name), Node { at: key.at, value }.line(name)];
                let texts = both.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>();
                known.value = Value::Text(texts.join("; "));
            }
            None => flat.pairs.push((Key { at: key.at, text: name.to_owned() }, Node { at: key.at, value })),
        }
    };
    match &value.value {
        Value::Map(members) => {
            for (inner, value) in members {
                flatten_into(flat, inner, &format!("{name} {}", inner.text), value);
            }
        }
        Value::List(nodes) if nodes.iter().any(|node| matches!(node.value, Value::Map(_) | Value::List(_))) => {
            for node in nodes {
                match &node.value {
                    Value::Map(members) => {
                        for (inner, value) in members {
                            flatten_into(flat, inner, &format!("{name} {}", inner.text), value);
                        }
                    }
                    _ => flatten_into(flat, key, name, node),
                }
            }
        }
        value => put(flat, value.clone()),
    }
}

/// Ids that stand twice are no ids here: such a list was not made for us.
fn drop_ambiguous_ids(draft: &mut Draft) {
    let mut counts: BTreeMap<EntryId, usize> = BTreeMap::new();
    for row in draft.sections.iter().flat_map(|section| &section.rows) {
        if let Some(id) = &row.id {
            *counts.entry(id.clone()).or_default() += 1;
        }
    }
    for row in draft.sections.iter_mut().flat_map(|section| &mut section.rows) {
        if row.id.as_ref().is_some_and(|id| counts.get(id).is_some_and(|count| *count > 1)) {
            row.id = None;
        }
    }
}
