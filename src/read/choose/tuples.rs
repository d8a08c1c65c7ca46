//! Rows of texts in code, `["AWS", "Hosting", "US"]`, as maps: the keys are the headers of their table.

use std::collections::BTreeSet;

use changecast_core::{
    compare::{readable, unnamed_column},
    model::Role,
};

use crate::read::{
    choose::statement::words_of_key,
    config::ReadingConfig,
    syntax::{
        block::LoopColumns,
        code::{Binding, Code},
        tree::{Item, Key, Node, Value},
    },
};

/// Replaces the rows of texts in all bindings by maps, where the headers of their columns are known.
pub(crate) fn name_columns(code: &mut Code, config: &ReadingConfig) {
    let mut headers: Vec<Vec<String>> = code.page.columns.iter().map(headers_of).collect();
    for binding in &code.bindings {
        collect_headers(&binding.node, config, &mut headers);
    }
    for Binding { name, node, .. } in &mut code.bindings {
        convert(node, &headers);
        if config.vocabulary.is_about_vendors(&words_of_key(name)) {
            name_first_column(node);
        }
    }
}

fn headers_of(columns: &LoopColumns) -> Vec<String> {
    columns.labels.iter().map(|(_, header)| header.clone()).collect()
}

/// Finds lists of texts that are the headers of columns: one is that of the name, and most are known.
fn collect_headers(node: &Node, config: &ReadingConfig, found: &mut Vec<Vec<String>>) {
    match &node.value {
        Value::Null | Value::Text(_) => {}
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| collect_headers(value, config, found)),
        Value::List(items) => {
            let texts: Vec<&str> = items.iter().filter_map(|item| text_of(item.node())).collect();
            let known = texts.iter().filter(|text| config.role(text) != Role::Other).count();
            let is_named = texts.iter().any(|text| config.role(text) == Role::Name);
            if texts.len() == items.len() && is_named && known > 1 && known * 2 > texts.len() {
                found.push(texts.into_iter().map(str::to_owned).collect());
            }
            items.iter().for_each(|item| collect_headers(item.node(), config, found));
        }
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn convert(node: &mut Node, headers: &[Vec<String>]) {
    match &mut node.value {
        Value::Null | Value::Text(_) => {}
        Value::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| convert(value, headers)),
        Value::List(items) => {
            let width = width_of_rows(items);
            match headers.iter().find(|header| Some(header.len()) == width) {
                Some(header) => convert_rows(items, header),
                None => items.iter_mut().for_each(|item| {
                    if let Item::Own(node) = item {
                        convert(node, headers);
                    }
                }),
            }
        }
    }
}

/// The number of values in each row of a list, if all items are rows of that many texts.
fn width_of_rows(items: &[Item]) -> Option<usize> {
    let mut widths = items.iter().map(|item| match &item.node().value {
        Value::List(cells) if cells.iter().all(|cell| is_cell(cell.node())) => Some(cells.len()),
        _ => None,
    });
    let first = widths.next()??;
    widths.all(|width| width == Some(first)).then_some(first).filter(|width| *width > 1)
}

/// Whether a value can be a cell: a text, null, or a list of texts.
fn is_cell(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Text(_) => true,
        Value::List(items) => items.iter().all(|item| text_of(item.node()).is_some()),
        Value::Map(_) => false,
    }
}

/// Replaces the rows of texts in a list of vendors without known headers by maps. Each begins with the name, and no name
/// occurs twice.
fn name_first_column(node: &mut Node) {
    let Value::List(items) = &mut node.value else { return };
    let Some(width) = width_of_rows(items) else { return };
    let firsts: Option<BTreeSet<&str>> = items.iter().map(first_text).collect();
    if firsts.is_some_and(|names| names.len() == items.len()) {
        let others = (1..width).map(unnamed_column);
        let header: Vec<String> = std::iter::once(readable(Role::Name.info().key)).chain(others).collect();
        convert_rows(items, &header);
    }
}

fn first_text(row: &Item) -> Option<&str> {
    match &row.node().value {
        Value::List(cells) => text_of(cells.first()?.node()),
        _ => None,
    }
}

fn convert_rows(items: &mut Vec<Item>, header: &[String]) {
    for item in items.iter_mut() {
        if let Item::Own(Node { value, .. }) = item
            && let Value::List(cells) = value
        {
            let cells = std::mem::take(cells).into_iter().map(|cell| cell.node().clone());
            let pairs = header.iter().zip(cells).map(|(text, node)| (Key { at: node.at, text: text.clone() }, node));
            *value = Value::Map(pairs.collect());
        }
    }
    // The headers may be the first row.
    items.retain(|item| match &item.node().value {
        Value::Map(pairs) => pairs.iter().any(|(key, node)| text_of(node) != Some(key.text.as_str())),
        _ => true,
    });
}
