//! Files of code: which literal array is the list, or whether the markup is.

use std::collections::BTreeSet;

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    build::raw_list::RawList,
    choose::{
        column_lists::described_columns,
        documents,
        memo::{KeyRoles, Memos},
        not_found::rendered_data,
        page,
        records::{self, RecordList},
        relabel::relabel,
        shapes::find_records,
        statement::Statement,
        tuples,
    },
    config::ReadingConfig,
    error::{NoList, Problem, ReadError, Warning},
    position::Position,
    syntax::{
        code::{Binding, Code},
        tree::{Key, Node, Value},
    },
};

/// How clearly an array is the list, the clearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    /// Its variable, its type or a key in it means vendors.
    Named,
    /// Its entries have a name and at least two more fields that lists of vendors have.
    Described,
    /// Its entries have a name and one such field, and the file or the heading above them is about vendors.
    Likely,
}

/// Finds the list of a file of code.
pub(crate) fn interpret(
    code: &mut Code,
    path: &str,
    config: &ReadingConfig,
    memos: &mut Memos,
    list: &mut RawList<'_>,
) -> Result<(), ReadError> {
    tuples::name_columns(code, config);
    let described = code.bindings.iter().filter_map(described_columns).collect::<Vec<_>>();
    for columns in code.page.columns.iter().chain(&described) {
        code.bindings.iter_mut().for_each(|binding| relabel(&mut binding.node, columns, config));
    }
    let bindings = std::mem::take(&mut code.bindings);
    if !config.tables.is_empty() {
        find_records(&config.vocabulary, &mut code.page);
        let named = bindings.into_iter().filter(|binding| is_named(binding, &config.tables)).collect::<Vec<_>>();
        return match named[..] {
            [] => page::interpret(&code.page, path, config, list),
            _ => read_bindings(named, config, memos, list),
        };
    }
    let key_roles = memos.key_roles(config);
    let mut weighed: Vec<(Evidence, Binding)> = Vec::new();
    let mut others: Vec<Binding> = Vec::new();
    for binding in bindings {
        let heading = heading_above(&binding, code);
        let about = format!("{path} {heading}");
        match evidence(&binding, &about, &key_roles, memos, &config.vocabulary) {
            Some(evidence) => weighed.push((evidence, binding)),
            None => others.push(binding),
        }
    }
    let best = weighed.iter().map(|(evidence, _)| *evidence).min();
    if best.is_none() {
        code.page.blocks.extend(others.iter().flat_map(|other| documents::blocks_of(&config.vocabulary, other)));
    }
    find_records(&config.vocabulary, &mut code.page);
    let page_fits = page::has_vendor_table(&code.page, config);
    let Some(best) = best.filter(|best| *best == Evidence::Named || !page_fits) else {
        return read_page(code, path, config, list)
            .map_err(|error| with_arrays(error, code, &others, &key_roles, &config.vocabulary));
    };
    if best == Evidence::Likely && read_page(code, path, config, list).is_ok() {
        return Ok(());
    }
    // The data may only be about the list that another file has.
    if best > Evidence::Named
        && let Some(problem) = imported_list(code, &config.vocabulary)
    {
        return Err(problem.into());
    }
    let chosen = weighed.into_iter().filter(|(evidence, _)| *evidence == best).map(|(_, binding)| binding).collect();
    read_bindings(chosen, config, memos, list)
}

/// Reads the list from markup.
fn read_page(code: &Code, path: &str, config: &ReadingConfig, list: &mut RawList<'_>) -> Result<(), ReadError> {
    // Bullets near data of vendors that another file has are not the list.
    if let Some(problem @ Problem::Rendered { data, .. }) = &imported_list(code, &config.vocabulary)
        && data.starts_with(char::is_lowercase)
        && !page::has_vendor_table(&code.page, config)
    {
        return Err(problem.clone().into());
    }
    page::interpret(&code.page, path, config, list).map_err(|error| match imported_list(code, &config.vocabulary) {
        Some(problem) if matches!(error.problem, Problem::NoList(_)) => problem.into(),
        _ => error,
    })
}

/// The error of a file without data and without markup. Such a file is not a page that no longer has a list.
fn without_content() -> ReadError {
    let message = "the file has neither literal arrays nor markup".to_owned();
    Problem::Syntax { format: "JavaScript", message, source: None }.into()
}

/// The error of a file without a list. It describes the arrays. An array of vendors with computed names is not
/// a list that ended.
fn with_arrays(
    error: ReadError,
    code: &Code,
    bindings: &[Binding],
    key_roles: &KeyRoles<'_>,
    words: &Vocabulary,
) -> ReadError {
    let Problem::NoList(NoList { found, absence }) = &error.problem else { return error };
    if code.page.blocks.is_empty() && !bindings.iter().any(|binding| has_list(&binding.node)) {
        return without_content();
    }
    let arrays: Vec<&Binding> = bindings.iter().filter(|binding| is_array_of_maps(&binding.node)).collect();
    if let Some(at) = arrays.iter().find_map(|binding| computed_name(binding, key_roles, words)) {
        let (expected, found) = ("a literal text", "an expression");
        return ReadError::at(at, Problem::Shape { key: "name".to_owned(), expected, found });
    }
    let described = arrays.iter().take(MAX_DESCRIBED).map(|binding| {
        let (name, line) = (&binding.name, binding.node.at.line);
        format!("the array {name:?} in line {line} has no names with a purpose, location or the like")
    });
    let described: Vec<String> = described.chain([found.clone()]).collect();
    let no_list = NoList { found: described.join("; "), absence: absence.clone() };
    ReadError { problem: no_list.into(), ..error }
}

/// The largest number of arrays that an error describes.
const MAX_DESCRIBED: usize = 3;

/// Whether data are or contain an array.
fn has_list(node: &Node) -> bool {
    match &node.value {
        Value::List(_) => true,
        Value::Map(pairs) => pairs.iter().any(|(_, value)| has_list(value)),
        Value::Null | Value::Text(_) => false,
    }
}

fn is_array_of_maps(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(|item| matches!(item.node().value, Value::Map(_))),
        _ => false,
    }
}

/// The position of a name that is computed, in an array of vendors.
fn computed_name(binding: &Binding, key_roles: &KeyRoles<'_>, words: &Vocabulary) -> Option<Position> {
    let Value::List(items) = &binding.node.value else { return None };
    let is_about_vendors = words.is_about_vendors(&words_of(&binding.name));
    let pairs = items.iter().filter_map(|item| match &item.node().value {
        Value::Map(pairs) => Some(pairs),
        _ => None,
    });
    let computed = pairs
        .flatten()
        .find(|(key, value)| key_roles.role(&key.text) == Role::Name && matches!(value.value, Value::Null));
    computed.filter(|_| is_about_vendors).map(|(key, _)| key.at)
}

/// The problem that a page only shows a list that it imports.
fn imported_list(code: &Code, words: &Vocabulary) -> Option<Problem> {
    let loops = code.page.loops.iter().filter(|one| one.file.is_some());
    let from_loop = rendered_data(words, loops);
    let import = code.imports.iter().find(|import| {
        let module = import.module.rsplit('/').next().unwrap_or_default();
        words.is_about_vendors(&words_of(&import.name)) || words.is_about_vendors(&words_of(module))
    });
    let from_import =
        import.map(|import| Problem::Rendered { data: import.name.clone(), file: Some(import.module.clone()) });
    from_loop.filter(|_| from_import.is_some()).or(from_import)
}

/// Reads the lists of some bindings.
fn read_bindings(
    bindings: Vec<Binding>,
    config: &ReadingConfig,
    memos: &mut Memos,
    list: &mut RawList<'_>,
) -> Result<(), ReadError> {
    let names: BTreeSet<String> = bindings.iter().map(|binding| format!("...{}", binding.name)).collect();
    for (at, item) in bindings.iter().flat_map(|binding| &binding.opaque) {
        if !names.contains(item) {
            let message = format!("the list also contains {item:?}, which is not a literal and is not read");
            list.warnings.push(Warning::at(Warning::OPAQUE_ITEM, *at, message));
        }
    }
    let at = bindings.first().map_or(Position { line: 1, column: 1 }, |binding| binding.node.at);
    let pairs =
        bindings.into_iter().map(|binding| (Key { at: binding.node.at, text: words_of(&binding.name) }, binding.node));
    records::interpret(&Node { at, value: Value::Map(pairs.collect()) }, config, memos, list)
}

/// Whether the configuration names a binding.
fn is_named(binding: &Binding, names: &[String]) -> bool {
    names.iter().any(|name| *name == binding.name || fold(name) == fold(&words_of(&binding.name)))
}

/// The headings above the markup that shows a binding.
fn heading_above(binding: &Binding, code: &Code) -> String {
    let loops = code.page.loops.iter().filter(|one| one.data == binding.name);
    loops.map(|one| one.heading.as_str()).collect::<Vec<_>>().join(" ")
}

/// The evidence that a binding contains the list, given the path of the file and the headings above the binding.
/// `None` if it contains something else.
fn evidence(
    binding: &Binding,
    about: &str,
    key_roles: &KeyRoles<'_>,
    memos: &mut Memos,
    vocabulary: &Vocabulary,
) -> Option<Evidence> {
    if is_about_something_else(&binding.name, vocabulary) {
        return None;
    }
    let root = Node {
        at: binding.node.at,
        value: Value::Map(vec![(Key { at: binding.node.at, text: words_of(&binding.name) }, binding.node.clone())]),
    };
    let lists = records::lists_in(&root, key_roles, memos);
    let found = lists.iter().filter_map(|list| evidence_of_list(list, binding, about, key_roles, vocabulary));
    found.min()
}

fn evidence_of_list(
    list: &RecordList<'_>,
    binding: &Binding,
    about: &str,
    key_roles: &KeyRoles<'_>,
    vocabulary: &Vocabulary,
) -> Option<Evidence> {
    if list.pattern.iter().any(|key| is_about_something_else(key, vocabulary)) || is_history(list, vocabulary) {
        return None;
    }
    let described = DESCRIBING.iter().filter(|role| list.roles() & (1 << **role as u32) != 0).count();
    let name_keys: Vec<&str> = list.keys().into_iter().filter(|key| key_roles.role(key) == Role::Name).collect();
    let is_vendor_name = name_keys.iter().any(|key| vocabulary.is_vendor_column(&words_of(key)));
    let is_named = is_vendor_name
        || vocabulary.is_about_vendors(&words_of(&binding.about))
        || list.pattern.iter().any(|key| vocabulary.is_about_vendors(&words_of(key)));
    let is_plain_name = name_keys.iter().any(|key| key_roles.header(key).fitness.is_usual());
    match described {
        _ if is_named && (described > 0 || list.is_of_texts() || list.keys().len() > 1) => Some(Evidence::Named),
        2.. => Some(Evidence::Described),
        1 if is_plain_name && vocabulary.is_about_vendors(about) => Some(Evidence::Likely),
        _ => None,
    }
}

/// The roles of fields that lists of vendors have and menus, prices or questions do not.
const DESCRIBING: [Role; 6] =
    [Role::Service, Role::Purpose, Role::Location, Role::Data, Role::Transfer, Role::Certification];

/// Whether a name is that of a change history, of former vendors, of others than vendors, or of something else.
fn is_about_something_else(name: &str, vocabulary: &Vocabulary) -> bool {
    let words = words_of(name);
    let folded = fold(&words);
    vocabulary.mentions(Meaning::OtherSubject, &words)
        || vocabulary.has_word(Meaning::HistoryWord, &folded)
        || matches!(Statement::of_heading(vocabulary, &words), Some(Statement::Past | Statement::Denied))
}

/// Whether entries are dated changes.
fn is_history(list: &RecordList<'_>, vocabulary: &Vocabulary) -> bool {
    let keys: Vec<String> = list.keys().into_iter().map(|key| fold(&words_of(key))).collect();
    keys.iter().any(|key| vocabulary.has_word(Meaning::DateWord, key))
        && keys
            .iter()
            .any(|key| vocabulary.is(Meaning::ChangeColumn, key) || vocabulary.has_word(Meaning::ChangeWord, key))
}

/// The words of a name in code: `activeVendors`, `ACTIVE_VENDORS` and `active-vendors` are "active vendors".
fn words_of(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut follows_lowercase = false;
    for c in name.chars() {
        if c.is_uppercase() && follows_lowercase || matches!(c, '_' | '-') {
            words.push(' ');
        }
        follows_lowercase = c.is_lowercase();
        if !matches!(c, '_' | '-') {
            words.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn names_in_code_are_read_as_words() {
        for (name, words) in [
            ("activeVendors", "active vendors"),
            ("ACTIVE_VENDORS", "active vendors"),
            ("active-vendors", "active vendors"),
            ("SubprocessorTable", "subprocessor table"),
            ("vendors", "vendors"),
        ] {
            assert_eq!(words_of(name), words, "{name}");
        }
    }
}
