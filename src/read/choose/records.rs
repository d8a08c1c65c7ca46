//! Lists of maps in YAML, JSON or TOML that were not written for this program: at the top, nested under
//! keys, or as a map of maps. The roles of the keys decide which list is the inventory.

mod selection;

use std::{collections::BTreeSet, rc::Rc};

use changecast_core::{
    compare::readable,
    model::Role,
    vocabulary::{HeaderRole, Vocabulary},
};

use self::selection::{choose_by_keys, keys};
use crate::read::{
    UnnamedRow,
    build::{
        ids::stated_id,
        raw_list::{ParsedRow, RawList, RawSection, Row},
    },
    choose::{
        continued::unnamed,
        empty_tree::without_list,
        entry_name::{is_no_entry, is_placeholder},
        flattened::{flattened, is_nested},
        html_text::shown,
        key_kind::statuses_of_keys,
        memo::{KeyRoles, Memo, Memos, remembered_row},
        native::{self, IdRule},
        part_kind::Standing,
    },
    config::ReadingConfig,
    error::ReadError,
    position::Position,
    source_text::{CellText, cleaned},
    syntax::tree::{Item, Key, Node, Value},
};

/// The label of a status that keys state.
const STATUS_LABEL: &str = "Status";

/// The label of a name that has no key.
const NAME_LABEL: &str = "Name";

/// Keys of the title of a group.
const TITLE_KEYS: [&str; 2] = ["title", "heading"];

/// A list (or map) of maps, and its place in the tree.
pub(crate) struct RecordList<'a> {
    /// The keys above it. Lists in the same place of similar groups have the same pattern.
    pub pattern: Vec<&'a str>,
    /// The titles above it: keys of maps, and names of nested groups.
    titles: Vec<String>,
    members: Vec<Member<'a>>,
    /// The key of the names where no key means a name: `service` of `subprocessors: [{service: …}]`.
    name_key: Option<&'a str>,
}

impl<'a> RecordList<'a> {
    /// The roles of the keys of its entries, one bit each.
    pub fn roles(&self) -> u32 {
        self.members.iter().fold(0, |all, member| all | member.shape.roles())
    }

    /// The keys of its entries.
    pub fn keys(&self) -> BTreeSet<&'a str> {
        keys(&[self])
    }

    /// Whether its entries are texts.
    pub fn is_of_texts(&self) -> bool {
        self.members.iter().all(|member| member.shape == MapShape::Text)
    }
}

/// A member of a list or map.
#[derive(Clone)]
struct Member<'a> {
    key: Option<&'a Key>,
    node: &'a Node,
    /// The number of lines to add to its positions.
    shift: usize,
    memo: Option<Rc<Memo>>,
    shape: MapShape,
}

/// The properties of a node that decide whether it is an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapShape {
    Map {
        has_name: bool,
        /// The roles of its keys, one bit each.
        roles: u32,
    },
    Text,
    Other,
}

impl MapShape {
    fn of(node: &Node, key_roles: &KeyRoles<'_>) -> Self {
        match &node.value {
            Value::Map(pairs) => MapShape::of_map(pairs, key_roles),
            Value::Text(_) => MapShape::Text,
            Value::Null | Value::List(_) => MapShape::Other,
        }
    }

    fn of_map(pairs: &[(Key, Node)], key_roles: &KeyRoles<'_>) -> Self {
        let (mut has_name, mut roles) = (false, 0);
        for (key, node) in pairs {
            let role = key_roles.role(&key.text);
            has_name |= role == Role::Name && name_in(node).is_some();
            // `disabled: true` may stand in a list of anything.
            let is_telling = role != Role::Other && !key_roles.is_flag(&key.text);
            roles |= if is_telling { 1 << role as u32 } else { 0 };
        }
        MapShape::Map { has_name, roles }
    }

    fn has_name(self) -> bool {
        matches!(self, MapShape::Map { has_name: true, .. })
    }

    fn roles(self) -> u32 {
        match self {
            MapShape::Map { roles, .. } => roles,
            MapShape::Text | MapShape::Other => 0,
        }
    }

    fn is_map(self) -> bool {
        matches!(self, MapShape::Map { .. })
    }
}

/// Finds lists, given the roles of keys and the memos of shared nodes.
struct Search<'s> {
    key_roles: &'s KeyRoles<'s>,
    memos: &'s mut Memos,
}

/// All lists of maps with names in a tree, outer ones before inner ones.
pub(crate) fn lists_in<'a>(root: &'a Node, key_roles: &KeyRoles<'_>, memos: &mut Memos) -> Vec<RecordList<'a>> {
    let mut found = Vec::new();
    Search { key_roles, memos }.search(root, 0, &mut Path::default(), &mut found);
    found
}

/// Reads the list of a tree.
pub(crate) fn interpret(
    root: &Node,
    config: &ReadingConfig,
    memos: &mut Memos,
    list: &mut RawList<'_>,
) -> Result<(), ReadError> {
    let key_roles = memos.key_roles(config);
    let found = lists_in(root, &key_roles, memos);
    let words = &config.vocabulary;
    let chosen = choose_by_keys(&found, &key_roles).ok_or_else(|| {
        let no_list = without_list(root, what_was_found(root, &found, &key_roles), &key_roles);
        ReadError::at(root.at, no_list.into())
    })?;
    let shared = shared_titles(root, &chosen);
    let patterns: Vec<&[&str]> = chosen.iter().map(|records| &records.pattern[..]).collect();
    let statuses = statuses_of_keys(words, &patterns);
    for (records, status) in chosen.into_iter().zip(statuses) {
        let title = records.titles.get(shared..).unwrap_or_default().join(" / ");
        let rows = Vec::with_capacity(records.members.len());
        let mut section = RawSection { title, rows, ..RawSection::default() };
        section.defaults.extend(status.map(|status| (list.labels.intern(STATUS_LABEL), CellText::Markdown(status))));
        for member in &records.members {
            let at = member.node.at.below(member.shift);
            if is_no_vendor(member, words, &key_roles) {
                list.unnamed.extend(without_name(member, at, words, &key_roles));
                continue;
            }
            // What a key of names means depends on the keys above, and is not remembered.
            let memo = member.memo.as_ref().map(|memo| &memo.record).filter(|_| records.name_key.is_none());
            let row = remembered_row(list, memo, at, |list| {
                let row = read_record(list, member.key, member.node, member.shift, &key_roles)?;
                Ok(with_name(list, row, records.name_key))
            })?;
            section.rows.push(row);
        }
        list.sections.push(section);
    }
    drop_ambiguous_ids(list);
    Ok(())
}

/// Whether the name of an entry is a placeholder, or states that the vendor is no longer used.
fn is_no_vendor(member: &Member<'_>, words: &Vocabulary, key_roles: &KeyRoles<'_>) -> bool {
    let judge = || {
        let name = name_of(member.node, key_roles).or_else(|| name_in(member.node));
        name.is_some_and(|name| is_no_entry(words, &cleaned(name)))
    };
    match &member.memo {
        Some(memo) => *memo.is_no_vendor.get_or_init(judge),
        None => judge(),
    }
}

/// An entry that is left out because it has a dash or "n/a" in place of its name.
fn without_name(member: &Member<'_>, at: Position, words: &Vocabulary, key_roles: &KeyRoles<'_>) -> Option<UnnamedRow> {
    name_of(member.node, key_roles).filter(|name| is_placeholder(words, &cleaned(name)))?;
    let Value::Map(pairs) = &member.node.value else { return None };
    let others = pairs.iter().filter(|(key, _)| key_roles.role(&key.text) != Role::Name);
    let texts = others.filter_map(|(_, node)| match &node.value {
        Value::Text(text) => Some(&**text),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    });
    Some(unnamed(at, None, texts))
}

/// Whether a tree has a list of which the entries have a name and at least two more known fields.
pub(crate) fn has_described_list(root: &Node, config: &ReadingConfig, memos: &mut Memos) -> bool {
    let key_roles = memos.key_roles(config);
    let found = lists_in(root, &key_roles, memos);
    let chosen = choose_by_keys(&found, &key_roles);
    let name = 1 << Role::Name as u32;
    chosen.is_some_and(|lists| (lists.iter().fold(0, |all, list| all | list.roles()) & !name).count_ones() > 1)
}

/// The number of titles that all lists begin with. They do not distinguish sections. A list beside empty ones is one
/// section of several: `{hosting: [...], analytics: []}`.
fn shared_titles(root: &Node, lists: &[&RecordList<'_>]) -> usize {
    let Some((first, others)) = lists.split_first() else { return 0 };
    if others.is_empty() && has_empty_sibling(root, &first.pattern) {
        return first.titles.len().saturating_sub(1);
    }
    let shared = others.iter().map(|other| first.titles.iter().zip(&other.titles).take_while(|(a, b)| a == b).count());
    shared.min().unwrap_or(first.titles.len())
}

/// Whether the map with a list has an empty list, too.
fn has_empty_sibling(root: &Node, pattern: &[&str]) -> bool {
    let above = pattern.split_last().map_or(pattern, |(_, above)| above);
    let parent = above.iter().try_fold(root, |node, key| node.get(key));
    let Some(Node { value: Value::Map(pairs), .. }) = parent else { return false };
    pairs.iter().any(|(_, node)| matches!(&node.value, Value::List(items) if items.is_empty()))
}

/// Describes a tree without an inventory.
fn what_was_found(root: &Node, found: &[RecordList<'_>], key_roles: &KeyRoles<'_>) -> String {
    let excluded = found.iter().find(|records| key_roles.standing(&records.pattern) == Standing::Excluded);
    match excluded {
        Some(records) => format!("{:?} lists vendors that are not in use", records.pattern.join(".")),
        None => format!("{} without a list of maps that have names", root.found()),
    }
}

/// The keys and titles above a node.
#[derive(Clone, Default)]
struct Path<'a> {
    pattern: Vec<&'a str>,
    titles: Vec<String>,
}

impl Search<'_> {
    /// Finds all lists of maps with names, outer lists before inner ones.
    fn search<'a>(&mut self, node: &'a Node, shift: usize, path: &mut Path<'a>, found: &mut Vec<RecordList<'a>>) {
        let members: Vec<Member<'a>> = match &node.value {
            Value::List(items) => items.iter().map(|item| self.item(item, shift)).collect(),
            Value::Map(pairs) => pairs.iter().map(|pair| self.pair(pair, shift)).collect(),
            Value::Null | Value::Text(_) => return,
        };
        let key = path.pattern.last().copied();
        let mut name_key = None;
        let is_record_list = match node.value {
            Value::List(_) if is_list_of_records(&members, key, self.key_roles) => true,
            Value::List(_) => {
                name_key = key_of_names(&members, key, self.key_roles);
                name_key.is_some()
            }
            _ => is_map_of_records(&members),
        };
        if is_record_list {
            let Path { pattern, titles } = path.clone();
            found.push(RecordList { pattern, titles, members: members.clone(), name_key });
        }
        for member in members {
            let is_error = member.key.is_some_and(|key| self.key_roles.is_error(&key.text));
            if !is_error && !self.has_no_lists(&member) {
                self.search_below(&member, path, found);
            }
        }
    }

    fn search_below<'a>(&mut self, member: &Member<'a>, path: &mut Path<'a>, found: &mut Vec<RecordList<'a>>) {
        let (keys, titles) = (path.pattern.len(), path.titles.len());
        match member.key {
            Some(key) => {
                path.pattern.push(&key.text);
                // `items:` in a group is not a title; the name of the group is.
                let title = title_of(member.node, self.key_roles).map(str::to_owned);
                if title.is_some() || !self.key_roles.is_structural(&key.text) {
                    path.titles.push(title.unwrap_or_else(|| readable(&key.text)));
                }
            }
            None => path.titles.extend(title_of(member.node, self.key_roles).map(str::to_owned)),
        }
        self.search(member.node, member.shift, path, found);
        path.pattern.truncate(keys);
        path.titles.truncate(titles);
    }

    fn item<'a>(&mut self, item: &'a Item, shift: usize) -> Member<'a> {
        let node = item.node();
        let memo = item.shared().map(|node| self.memos.of(node));
        let shape = match &memo {
            Some(memo) => *memo.shape.get_or_init(|| MapShape::of(node, self.key_roles)),
            None => MapShape::of(node, self.key_roles),
        };
        Member { key: None, node, shift: shift + item.shift(), memo, shape }
    }

    fn pair<'a>(&mut self, (key, node): &'a (Key, Node), shift: usize) -> Member<'a> {
        Member { key: Some(key), node, shift, memo: None, shape: MapShape::of(node, self.key_roles) }
    }

    /// Whether a member contains no list of maps with names. For a shared map the answer is remembered:
    /// it does not depend on the keys above.
    fn has_no_lists(&mut self, member: &Member<'_>) -> bool {
        if matches!(member.node.value, Value::Null | Value::Text(_)) {
            return true;
        }
        let Some(memo) = member.memo.as_ref().filter(|_| member.shape.is_map()) else { return false };
        *memo.has_no_lists.get_or_init(|| {
            let mut found = Vec::new();
            self.search(member.node, 0, &mut Path::default(), &mut found);
            found.is_empty()
        })
    }
}

/// Whether most items of a list are maps with names, or all are texts under a key that means vendors.
fn is_list_of_records(members: &[Member<'_>], key: Option<&str>, key_roles: &KeyRoles<'_>) -> bool {
    let named = members.iter().filter(|member| member.shape.has_name()).count();
    let are_texts = !members.is_empty() && members.iter().all(|member| member.shape == MapShape::Text);
    (named > 0 && named * 3 >= members.len() * 2) || (are_texts && key.is_some_and(|key| key_roles.means_vendors(key)))
}

/// The key of the names in a list of maps under a key that means vendors, of which no key means a name: the first one of
/// every map, if it means a service or nothing known, its texts are short and different, and another key is known.
fn key_of_names<'a>(members: &[Member<'a>], above: Option<&str>, key_roles: &KeyRoles<'_>) -> Option<&'a str> {
    above.filter(|key| key_roles.means_vendors(key))?;
    let mut firsts = members.iter().map(|member| match &member.node.value {
        Value::Map(pairs) => pairs.first().and_then(|(key, value)| Some((key.text.as_str(), name_in(value)?))),
        _ => None,
    });
    let (key, name) = firsts.next()??;
    let mut names = BTreeSet::from([name]);
    let are_names = firsts.all(|first| first.is_some_and(|(other, name)| other == key && names.insert(name)));
    let are_short = names.iter().all(|name| name.split_whitespace().count() <= MAX_NAME_WORDS);
    let is_name_like = matches!(key_roles.role(key), Role::Service | Role::Other);
    let own_role = 1 << key_roles.role(key) as u32;
    let is_described = members.iter().any(|member| member.shape.roles() & !own_role != 0);
    (are_names && are_short && is_name_like && is_described).then_some(key)
}

/// The most words of a name whose key does not mean a name.
const MAX_NAME_WORDS: usize = 8;

/// A row with the cell of this key as its name.
fn with_name(list: &mut RawList<'_>, mut row: ParsedRow, key: Option<&str>) -> ParsedRow {
    let Some(key) = key else { return row };
    let (own, _) = list.labels.intern_key(key);
    let name = list.labels.intern(NAME_LABEL);
    row.cells.iter_mut().filter(|(label, _)| *label == own).for_each(|(label, _)| *label = name);
    row
}

/// Whether a map is a map of maps with names as keys. It is not if the keys describe one thing.
fn is_map_of_records(members: &[Member<'_>]) -> bool {
    let with_roles = members.iter().filter(|member| member.shape.roles() != 0).count();
    let are_maps = members.len() > 1 && members.iter().all(|member| member.shape.is_map());
    are_maps && with_roles > 1 && with_roles * 3 >= members.len() * 2
}

/// The title that a group states next to its lists.
fn title_of<'a>(group: &'a Node, key_roles: &KeyRoles<'_>) -> Option<&'a str> {
    TITLE_KEYS.iter().find_map(|key| name_in(group.get(key)?)).or_else(|| name_of(group, key_roles))
}

/// The name in a map.
fn name_of<'a>(node: &'a Node, key_roles: &KeyRoles<'_>) -> Option<&'a str> {
    let Value::Map(pairs) = &node.value else { return None };
    let names = pairs.iter().filter_map(|(key, node)| match key_roles.header(&key.text) {
        HeaderRole { role: Role::Name, fitness } => Some((fitness, name_in(node)?)),
        _ => None,
    });
    names.min_by_key(|(fitness, _)| *fitness).map(|(_, name)| name)
}

/// The text of a value that can be a name.
fn name_in(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

/// Whether a map can be an entry: it has a name, or a key with a known role.
pub(crate) fn can_be_entry(node: &Node, key_roles: &KeyRoles<'_>) -> bool {
    let shape = MapShape::of(node, key_roles);
    shape.has_name() || shape.roles() != 0
}

/// Reads an entry. Maps in it become columns: `contact: {email: …}` is the column "Contact email".
/// All positions in the node are `shift` lines short.
pub(crate) fn read_record(
    list: &mut RawList<'_>,
    key: Option<&Key>,
    node: &Node,
    shift: usize,
    key_roles: &KeyRoles<'_>,
) -> Result<ParsedRow, ReadError> {
    let members = node.map("an entry").unwrap_or_default();
    // Errors in a value name the position of its key, since a flattened value has no other.
    let mut row = if members.iter().any(|(_, value)| is_nested(value)) {
        let flat = flattened(members, key_roles);
        let members = flat.iter().map(|(key, value)| (key, key.at, &value.value));
        native::read_entry(list, node.at, members, shift, IdRule::Lenient)?
    } else {
        let members = members.iter().map(|(key, value)| (key, key.at, &value.value));
        native::read_entry(list, node.at, members, shift, IdRule::Lenient)?
    };
    if let Some(key) = key {
        // In a map of maps, the key is the name of an entry without a name.
        if name_of(node, key_roles).is_none() {
            let label = list.labels.intern(NAME_LABEL);
            row.cells.insert(0, (label, CellText::Markdown(key.text.clone())));
        } else {
            row.id = row.id.or_else(|| stated_id(&key.text));
        }
    }
    if let Value::Text(name) = &node.value {
        let label = list.labels.intern(NAME_LABEL);
        row.cells.push((label, CellText::Markdown(name.clone())));
    }
    let words = list.vocabulary;
    row.cells = row.cells.into_iter().map(|(label, text)| (label, shown(words, text))).collect();
    Ok(row)
}

/// Drops explicit ids that occur twice. In a list that was not written for this program, `id` may have
/// another meaning.
pub(crate) fn drop_ambiguous_ids(list: &mut RawList<'_>) {
    let repeated = list.repeated_ids();
    if repeated.is_empty() {
        return;
    }
    let mut sections = std::mem::take(&mut list.sections);
    for row in sections.iter_mut().flat_map(|section| &mut section.rows) {
        if row.content.id_number.is_some_and(|id| repeated.contains(&id)) {
            let content = list.intern_without_id(&row.content);
            *row = Row { file: row.file.take(), at: row.at, content };
        }
    }
    list.sections = sections;
}
