//! Lists of maps that nobody wrote for this program: in YAML, JSON or TOML, at the top or nested
//! under keys, also a map of maps. The keys tell the roles, and the roles tell which list it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use changecast_core::{
    compare::readable,
    model::{EntryId, Role},
    vocabulary::{HeaderRole, Meaning, Vocabulary},
};

use crate::read::{
    Options,
    build::raw_list::{Draft, DraftRow, DraftSection, Row},
    choose::native,
    error::{Position, Problem, ReadError},
    syntax::{
        incremental::Part,
        tree::{Item, Key, Node, Value},
    },
};

/// A list (or map) of maps, and where it hangs in the tree.
struct Found<'a> {
    /// The keys on the way, without places in lists: lists that are alike have the same.
    pattern: Vec<&'a str>,
    /// The names on the way: keys of maps, and what nested groups are called.
    titles: Vec<String>,
    entries: Vec<Member<'a>>,
}

/// What a list or map holds at a place.
#[derive(Clone)]
struct Member<'a> {
    key: Option<&'a Key>,
    node: &'a Node,
    /// How many lines its positions are short of the file's.
    shift: usize,
    part: Option<&'a Part>,
    gist: Gist,
}

/// What decides whether something is an entry.
#[derive(Clone, Debug)]
pub(crate) struct Gist {
    shape: Shape,
    is_named: bool,
    /// The roles that the keys of a map have, a bit each.
    roles: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Map,
    Text,
    Other,
}

impl Gist {
    fn of(node: &Node, options: &Options) -> Self {
        match &node.value {
            Value::Map(pairs) => {
                let mut gist = Gist { shape: Shape::Map, is_named: false, roles: 0 };
                for (key, node) in pairs {
                    let role = options.role(&readable(&key.text));
                    gist.is_named |= role == Role::Name && name_in(node).is_some();
                    gist.roles |= if role == Role::Other { 0 } else { 1 << role as u32 };
                }
                gist
            }
            Value::Text(_) => Gist { shape: Shape::Text, is_named: false, roles: 0 },
            Value::Null | Value::List(_) => Gist { shape: Shape::Other, is_named: false, roles: 0 },
        }
    }
}

impl<'a> Member<'a> {
    fn of_list(item: &'a Item, shift: usize, options: &Options) -> Self {
        let (node, part) = (item.node(), item.part());
        let gist = match part {
            Some(part) => part.gist.get_or_init(|| Gist::of(node, options)).clone(),
            None => Gist::of(node, options),
        };
        Member { key: None, node, shift: shift + item.shift(), part, gist }
    }

    fn of_map((key, node): &'a (Key, Node), shift: usize, options: &Options) -> Self {
        Member { key: Some(key), node, shift, part: None, gist: Gist::of(node, options) }
    }

    /// Whether a map that was read by itself is known to hold no list of maps with names. What stands
    /// in a map does not depend on the keys above it.
    fn is_barren(&self, options: &Options) -> bool {
        let (Some(part), Shape::Map) = (self.part, self.gist.shape) else { return false };
        *part.barren.get_or_init(|| {
            let mut found = Vec::new();
            search(self.node, 0, &mut Vec::new(), &mut Vec::new(), options, &mut found);
            found.is_empty()
        })
    }
}

/// Reads a tree.
pub(crate) fn draft(root: &Node, options: &Options, draft: &mut Draft) -> Result<(), ReadError> {
    let mut found = Vec::new();
    search(root, 0, &mut Vec::new(), &mut Vec::new(), options, &mut found);
    let mut by_pattern: BTreeMap<&[&str], Vec<&Found<'_>>> = BTreeMap::new();
    for list in &found {
        by_pattern.entry(&list.pattern).or_default().push(list);
    }
    // The list is the one whose entries say the most, then the longest, then the nearest to the top.
    let fitness = |lists: &[&Found<'_>]| {
        let entries = || lists.iter().flat_map(|list| &list.entries);
        let roles = entries().fold(0, |all, member| all | member.gist.roles);
        (roles.count_ones(), entries().count())
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
        let maps = lists.iter().flat_map(|list| &list.entries).filter_map(|member| match &member.node.value {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        });
        maps.flatten().map(|(key, _)| key.text.clone()).collect()
    };
    // `{subprocessors: […], team: […]}` says which is the list; `{hosting: […], mail: […]}` does not.
    let says_vendors = |key: Option<&&str>| key.is_some_and(|key| Vocabulary::builtin().role_of(key) == Role::Name);
    let groups = says_vendors(best.iter().rev().nth(1)) || !says_vendors(best.last());
    let belongs = |others: &[&Found<'_>]| {
        let own = keys(others);
        (fitness(others).0 == roles && roles > 1) || (own.is_subset(&keys(lists)) && (own.len() > 1 || groups))
    };
    let chosen: Vec<&Found<'_>> = by_pattern
        .iter()
        .filter(|(pattern, lists)| *pattern == best || (siblings(pattern) && belongs(lists)))
        .flat_map(|(_, lists)| lists.iter().copied())
        .collect();
    let several = chosen.len() > 1;
    for list in chosen {
        let title = if several { list.titles.join(" / ") } else { String::new() };
        let shared = Vec::with_capacity(list.entries.len());
        let mut section = DraftSection { title, shared, ..DraftSection::default() };
        for member in &list.entries {
            let at = member.node.at.below(member.shift);
            let memory = member.part.map(|part| &part.record);
            section.shared.push(native::remembered(draft, memory, at, |draft| {
                row(draft, member.key, member.node, member.shift, options)
            })?);
        }
        draft.sections.push(section);
    }
    drop_ambiguous_ids(draft);
    Ok(())
}

/// Finds every list of maps with names, outer ones before inner ones.
fn search<'a>(
    node: &'a Node,
    shift: usize,
    pattern: &mut Vec<&'a str>,
    titles: &mut Vec<String>,
    options: &Options,
    found: &mut Vec<Found<'a>>,
) {
    let entries: Vec<Member<'a>> = match &node.value {
        Value::List(items) => items.iter().map(|item| Member::of_list(item, shift, options)).collect(),
        Value::Map(pairs) => pairs.iter().map(|pair| Member::of_map(pair, shift, options)).collect(),
        Value::Null | Value::Text(_) => return,
    };
    let count = |fits: &dyn Fn(&Gist) -> bool| entries.iter().filter(|member| fits(&member.gist)).count();
    let maps = count(&|gist| gist.shape == Shape::Map);
    let named = count(&|gist| gist.is_named);
    let is_list = matches!(node.value, Value::List(_));
    let texts = count(&|gist| gist.shape == Shape::Text);
    let speaks_of_vendors = || pattern.last().is_some_and(|key| Vocabulary::builtin().role_of(key) == Role::Name);
    let fits = if is_list {
        (named > 0 && named * 3 >= entries.len() * 2) || (texts == entries.len() && texts > 0 && speaks_of_vendors())
    } else {
        // A map of maps: its keys are the names, unless they are the keys of one thing.
        let told = count(&|gist| gist.roles != 0);
        maps > 1 && maps == entries.len() && told > 1 && told * 3 >= entries.len() * 2
    };
    if fits {
        found.push(Found { pattern: pattern.clone(), titles: titles.clone(), entries: entries.clone() });
    }
    for member in entries {
        if matches!(member.node.value, Value::Null | Value::Text(_)) || member.is_barren(options) {
            continue;
        }
        let title = match member.key {
            Some(key) => Some(readable(&key.text)),
            None => name_of(member.node, options).map(str::to_owned),
        };
        // `items:` in a group is no title of its own; the group's name is.
        let depth = titles.len();
        match member.key {
            Some(key) => {
                pattern.push(&key.text);
                if !is_structural(&key.text) {
                    titles.extend(title);
                }
            }
            None => titles.extend(title),
        }
        search(member.node, member.shift, pattern, titles, options, found);
        titles.truncate(depth);
        if member.key.is_some() {
            pattern.pop();
        }
    }
}

/// Whether a key contains entries without describing them.
fn is_structural(key: &str) -> bool {
    let vocabulary = Vocabulary::builtin();
    vocabulary.is(Meaning::ContainerKey, key) || vocabulary.role_of(key) == Role::Name
}

/// The name that a map gives itself.
fn name_of<'a>(node: &'a Node, options: &Options) -> Option<&'a str> {
    let Value::Map(pairs) = &node.value else { return None };
    let names = pairs.iter().filter_map(|(key, node)| match options.header(&readable(&key.text)) {
        HeaderRole { role: Role::Name, fitness } => Some((fitness, name_in(node)?)),
        _ => None,
    });
    names.min_by_key(|(fitness, _)| *fitness).map(|(_, name)| name)
}

/// The name that a value can be.
fn name_in(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

/// Whether a map can be an entry: it names itself, or a key of it is known.
pub(crate) fn says_something(node: &Node, options: &Options) -> bool {
    let gist = Gist::of(node, options);
    gist.is_named || gist.roles != 0
}

/// An entry; maps inside it become columns of their own (`contact: {email: …}` is "Contact email").
/// Its positions are `shift` lines short.
pub(crate) fn row(
    draft: &mut Draft,
    key: Option<&Key>,
    node: &Node,
    shift: usize,
    options: &Options,
) -> Result<DraftRow, ReadError> {
    let members = node.map("an entry").unwrap_or_default();
    // Errors in a value name the place of its key, which is all that a flattened one has.
    let mut row = if members.iter().any(|(_, value)| is_nested(value)) {
        let flat = flattened(members);
        native::read_entry(draft, node.at, flat.iter().map(|(key, value)| (key, key.at, &value.value)), shift)?
    } else {
        native::read_entry(draft, node.at, members.iter().map(|(key, value)| (key, key.at, &value.value)), shift)?
    };
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

/// The members of a map without maps and lists of maps in them. A key that only marks a place
/// (`- item:`) is gone.
fn flattened(members: &[(Key, Node)]) -> Vec<(Key, Node)> {
    let mut flat = Flat::default();
    for (key, value) in members {
        flatten_into(&mut flat, key.at, &key.text, value, 0);
    }
    flat.pairs
}

/// Whether there are collections in this one.
fn is_nested(node: &Node) -> bool {
    match &node.value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().any(|item| matches!(item.node().value, Value::Map(_) | Value::List(_))),
        Value::Null | Value::Text(_) => false,
    }
}

/// The members of a flattened map, and where each key stands in it.
#[derive(Default)]
struct Flat {
    pairs: Vec<(Key, Node)>,
    known: HashMap<String, usize>,
}

/// `at` is the place of the key; the keys in the value are `shift` lines short of it.
fn flatten_into(flat: &mut Flat, at: Position, name: &str, value: &Node, shift: usize) {
    let put = |flat: &mut Flat, value: Value| {
        let next = flat.pairs.len();
        let place = *flat.known.entry(name.to_owned()).or_insert(next);
        match flat.pairs.get_mut(place) {
            // The same key further in: both are said.
            Some((_, known)) => {
                let both = [known.line(name), Node { at, value }.line(name)];
                let texts = both.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>();
                known.value = Value::Text(texts.join("; "));
            }
            None => flat.pairs.push((Key { at, text: name.to_owned() }, Node { at, value })),
        }
    };
    match &value.value {
        Value::Map(members) => {
            for (inner, value) in members {
                flatten_into(flat, inner.at.below(shift), &format!("{name} {}", inner.text), value, shift);
            }
        }
        Value::List(items) if is_nested(value) => {
            for item in items {
                let shift = shift + item.shift();
                match &item.node().value {
                    Value::Map(members) => {
                        for (inner, value) in members {
                            flatten_into(flat, inner.at.below(shift), &format!("{name} {}", inner.text), value, shift);
                        }
                    }
                    // What has no key of its own stands where the list's key does.
                    _ => flatten_into(flat, at, name, item.node(), shift),
                }
            }
        }
        value => put(flat, value.clone()),
    }
}

/// Ids that stand twice are no ids here: such a list was not made for us.
pub(crate) fn drop_ambiguous_ids(draft: &mut Draft) {
    let ids = draft.sections.iter().flat_map(|section| &section.shared).filter_map(|row| row.said.id.as_ref());
    let rows = draft.sections.iter().map(|section| section.shared.len()).sum();
    let mut seen: HashSet<&EntryId> = HashSet::with_capacity(rows);
    let twice: BTreeSet<EntryId> = ids.filter(|id| !seen.insert(id)).cloned().collect();
    if twice.is_empty() {
        return;
    }
    for row in draft.sections.iter_mut().flat_map(|section| &mut section.shared) {
        if row.said.id.as_ref().is_some_and(|id| twice.contains(id)) {
            let said = draft.sayings.share(None, row.said.cells.clone(), row.said.hints.clone());
            *row = Row { file: row.file.take(), at: row.at, said };
        }
    }
}
