//! The list as a tree: YAML, JSON and TOML.

use super::writers::{Entry, List, fields};

pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// A text as YAML writes it: places as a list, everything else in single quotes.
pub fn yaml_value(key: &str, text: &str) -> String {
    if key == "location" && text.contains(", ") {
        return format!("[{text}]");
    }
    format!("'{}'", text.replace('\'', "''"))
}

pub fn yaml_map_of(entry: &Entry, indent: &str) -> String {
    let lines = fields(entry).map(|(key, text)| format!("{indent}{key}: {}\n", yaml_value(key, text)));
    lines.collect()
}

pub fn yaml_items(entries: &[Entry], indent: &str) -> String {
    let item =
        |entry| yaml_map_of(entry, &format!("{indent}  ")).replacen(&format!("{indent}  "), &format!("{indent}- "), 1);
    entries.iter().map(item).collect()
}

pub fn yaml_native(list: &List) -> String {
    let section = |(title, entries): &(&str, Vec<Entry>)| {
        format!("- title: {}\n  entries:\n{}", yaml_value("title", title), yaml_items(entries, "  "))
    };
    "# The list\nsections:\n".to_owned() + &list.sections.iter().map(section).collect::<String>()
}

pub fn yaml_records(list: &List) -> String {
    "subprocessors:\n".to_owned() + &yaml_items(&list.sections[0].1, "  ")
}

pub fn yaml_groups(list: &List) -> String {
    let section = |(title, entries): &(&str, Vec<Entry>)| {
        let title = if title.is_empty() { "vendors" } else { title };
        format!("  {}:\n{}", yaml_value("title", title), yaml_items(entries, "  "))
    };
    "subprocessors:\n".to_owned() + &list.sections.iter().map(section).collect::<String>()
}

pub fn yaml_map(list: &List) -> String {
    let entry = |entry: &Entry| {
        let rest = Entry { name: "", ..entry.clone() };
        let rest = yaml_map_of(&rest, "    ");
        let rest = if rest.is_empty() { "    purpose:\n".to_owned() } else { rest };
        format!("  {}:\n{rest}", yaml_value("name", entry.name))
    };
    "subprocessors:\n".to_owned() + &list.entries().map(entry).collect::<String>()
}

pub fn json_map_of(entry: &Entry) -> String {
    let value = |key: &str, text: &str| match key {
        "location" => format!("[{}]", text.split(", ").map(quoted).collect::<Vec<_>>().join(", ")),
        _ => quoted(text),
    };
    let pairs: Vec<String> = fields(entry).map(|(key, text)| format!("\"{key}\": {}", value(key, text))).collect();
    format!("{{{}}}", pairs.join(", "))
}

pub fn json_items(entries: &[Entry]) -> String {
    format!("[\n{}\n]", entries.iter().map(json_map_of).collect::<Vec<_>>().join(",\n"))
}

pub fn json_native(list: &List) -> String {
    let section = |(title, entries): &(&str, Vec<Entry>)| {
        format!("{{\"title\": {}, \"entries\": {}}}", quoted(title), json_items(entries))
    };
    format!("{{\"sections\": [{}]}}\n", list.sections.iter().map(section).collect::<Vec<_>>().join(",\n"))
}

pub fn json_records(list: &List) -> String {
    json_items(&list.sections[0].1)
}

pub fn json_groups(list: &List) -> String {
    let section = |(title, entries): &(&str, Vec<Entry>)| {
        let title = if title.is_empty() { "vendors" } else { title };
        format!("{}: {}", quoted(title), json_items(entries))
    };
    format!("{{{}}}", list.sections.iter().map(section).collect::<Vec<_>>().join(",\n"))
}

pub fn ts_records(list: &List) -> String {
    format!("// Our vendors\nexport const subprocessors: readonly Vendor[] = {} as const;\n", json_records(list))
}

pub fn ts_groups(list: &List) -> String {
    let section = |(title, entries): &(&str, Vec<Entry>)| {
        format!("{{ title: {}, vendors: {} }}", quoted(title), json_items(entries))
    };
    let sections = list.sections.iter().map(section).collect::<Vec<_>>().join(",\n");
    format!("const groups = [{sections}];\nexport default groups;\n")
}

pub fn vue_records(list: &List) -> String {
    format!(
        "<script setup lang=\"ts\">\nconst vendors = {};\n</script>\n<template><List :rows=\"vendors\" /></template>\n",
        json_records(list)
    )
}

pub fn toml_pairs(entry: &Entry) -> String {
    let value = |key: &str, text: &str| match key {
        "location" => format!("[{}]", text.split(", ").map(quoted).collect::<Vec<_>>().join(", ")),
        _ => quoted(text),
    };
    fields(entry).map(|(key, text)| format!("{key} = {}\n", value(key, text))).collect()
}

pub fn toml_native(list: &List) -> String {
    let mut out = String::new();
    for (title, entries) in &list.sections {
        out += &format!("[[sections]]\ntitle = {}\n", quoted(title));
        out.extend(entries.iter().map(|entry| format!("[[sections.entries]]\n{}\n", toml_pairs(entry))));
    }
    out
}

pub fn toml_records(list: &List) -> String {
    list.entries().map(|entry| format!("[[subprocessors]]\n{}\n", toml_pairs(entry))).collect()
}
