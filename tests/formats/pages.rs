//! The list as a page or table: Markdown, HTML, RST and CSV.

use std::fmt::Write as _;

use super::writers::{COLUMNS, Entry, List, labelled};

/// A text in Markdown: what has a meaning is escaped.
pub fn md(text: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '#' | '~' | '&');
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

pub fn md_name(entry: &Entry) -> String {
    if entry.link.is_empty() { md(entry.name) } else { format!("[{}]({})", md(entry.name), entry.link) }
}

/// A page: a title, and a heading for each section before what it holds.
pub fn page(list: &List, heading: impl Fn(usize, &str) -> String, body: impl Fn(&[Entry]) -> String) -> String {
    let mut out = heading(1, "Sub-processors");
    for (title, entries) in &list.sections {
        if !title.is_empty() {
            out += &heading(2, title);
        }
        out += &body(entries);
    }
    // Without headings of its own, the list has that of the page.
    if list.sections.iter().all(|(title, _)| title.is_empty()) {
        out = out.split_once('\n').map(|_| body(&list.sections[0].1)).unwrap_or_default();
    }
    out
}

pub fn md_heading(level: usize, title: &str) -> String {
    format!("{} {}\n\n", "#".repeat(level), md(title))
}

pub fn md_table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!("| {} |\n|{}\n", header.join(" | "), " --- |".repeat(header.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out + "\n"
}

pub fn header(first: &'static [&'static str]) -> Vec<&'static str> {
    first.iter().copied().chain(COLUMNS.iter().map(|(label, _)| *label)).collect()
}

pub fn md_tables(list: &List) -> String {
    let row = |entry: &Entry| std::iter::once(md_name(entry)).chain(entry.cells.map(md)).collect();
    page(list, md_heading, |entries| md_table(&header(&["Sub-processor"]), entries.iter().map(row)))
}

pub fn mdx_tables(list: &List) -> String {
    format!(
        "---\ntitle: Sub-processors\n---\n\nimport {{ Note }} from './note'\n\n{{/* kept by hand */}}\n\n<Note>\n\nOur list.\n\n</Note>\n\n{}",
        md_tables(list).replace("\\<", "&lt;").replace('{', "\\{")
    )
}

pub fn md_link_tables(list: &List) -> String {
    let row = |entry: &Entry| [md(entry.name), entry.link.to_owned()].into_iter().chain(entry.cells.map(md)).collect();
    page(list, md_heading, |entries| md_table(&header(&["Sub-processor", "Website"]), entries.iter().map(row)))
}

/// Bullets, with what is said of each below it.
pub fn md_bullets(list: &List) -> String {
    let item = |entry: &Entry| {
        let below = labelled(entry).map(|(label, text)| format!("  - {label}: {}\n", md(text)));
        format!("- **{}**\n{}", md_name(entry), below.collect::<String>())
    };
    about_vendors(page(list, md_heading, |entries| entries.iter().map(item).collect::<String>() + "\n"))
}

/// Bullets say what they list in the page's title only.
pub fn about_vendors(page: String) -> String {
    format!("---\ntitle: Sub-processors\n---\n\n{page}")
}

pub fn md_lines(list: &List) -> String {
    let item = |entry: &Entry| {
        let said: String =
            entry.cells.iter().filter(|text| !text.is_empty()).map(|text| format!(" – {}", md(text))).collect();
        format!("- {}{said}\n", md_name(entry))
    };
    about_vendors(page(list, md_heading, |entries| entries.iter().map(item).collect::<String>() + "\n"))
}

pub fn md_headings(list: &List) -> String {
    let entry = |entry: &Entry| {
        let fields = labelled(entry).map(|(label, text)| format!("- **{label}:** {}\n", md(text)));
        let fields: Vec<String> = fields.collect();
        // A heading alone is no entry.
        let fields = if fields.is_empty() { vec!["- **Purpose:** –\n".to_owned()] } else { fields };
        format!("### {}\n\n{}\n", md_name(entry), fields.concat())
    };
    about_vendors(page(list, md_heading, |entries| entries.iter().map(entry).collect()))
}

pub fn md_html_tables(list: &List) -> String {
    page(list, md_heading, |entries| html_table(entries, true) + "\n")
}

pub fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub fn html_name(entry: &Entry) -> String {
    match entry.link {
        "" => html(entry.name),
        link => format!("<a class=\"x\" href=\"{}\">{}</a>", html(link), html(entry.name)),
    }
}

pub fn html_table(entries: &[Entry], closed: bool) -> String {
    let end = |tag: &'static str| if closed { tag } else { "" };
    let mut out = "<table>\n<thead>\n<tr>".to_owned();
    for label in header(&["Sub-processor"]) {
        out += &format!("<th>{label}{}", end("</th>"));
    }
    out += &format!("{}\n{}<tbody>\n", end("</tr>"), end("</thead>"));
    for entry in entries {
        out += &format!("<tr>\n  <td>{}{}\n", html_name(entry), end("</td>"));
        for text in entry.cells {
            out += &format!("  <td><p>{}{}{}\n", html(text), end("</p>"), end("</td>"));
        }
        out += end("</tr>\n");
    }
    out + end("</tbody>\n") + "</table>\n"
}

pub fn html_page(list: &List, body: impl Fn(&[Entry]) -> String) -> String {
    let body = page(list, |level, title| format!("<h{level}>{}</h{level}>\n", html(title)), body);
    format!(
        "<!doctype html>\n<html><head><title>Sub-processors</title><style>a {{}}</style></head>\n<body>\n<nav><ul><li><a href=\"/\">Home</a></ul></nav>\n<main>{body}</main>\n<footer><ul><li>Imprint</li></ul></footer></body></html>\n"
    )
}

pub fn html_tables(list: &List) -> String {
    html_page(list, |entries| html_table(entries, true))
}

pub fn html_open_tables(list: &List) -> String {
    html_page(list, |entries| html_table(entries, false))
}

pub fn html_definitions(list: &List) -> String {
    let entry = |entry: &Entry| {
        let said: Vec<String> = entry.cells.iter().filter(|text| !text.is_empty()).map(|text| html(text)).collect();
        format!("<dt>{}</dt>\n<dd>{}</dd>\n", html_name(entry), said.join(" – "))
    };
    html_page(list, |entries| format!("<dl>\n{}</dl>\n", entries.iter().map(entry).collect::<String>()))
}

pub fn html_bullets(list: &List) -> String {
    let item = |entry: &Entry| {
        let below: String =
            labelled(entry).map(|(label, text)| format!("<li>{label}: {}</li>\n", html(text))).collect();
        let below = if below.is_empty() { below } else { format!("\n<ul>\n{below}</ul>\n") };
        format!("<li><strong>{}</strong>{below}</li>\n", html_name(entry))
    };
    html_page(list, |entries| format!("<ul>\n{}</ul>\n", entries.iter().map(item).collect::<String>()))
}

/// A text in RST: what has a meaning is escaped.
pub fn rst(text: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '|');
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

pub fn rst_name(entry: &Entry) -> String {
    if entry.link.is_empty() {
        return rst(entry.name);
    }
    format!("`{} <{}>`__", rst(entry.name).replace('<', "\\<"), entry.link)
}

pub fn rst_heading(level: usize, title: &str) -> String {
    format!("{}\n{}\n\n", rst(title), ["=", "-"][level - 1].repeat(width(title)))
}

/// Columns that a text takes on a screen: a letter of Chinese or Japanese takes two.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{3000}'..='\u{9fff}').contains(&c) { 2 } else { 1 }).sum()
}

pub fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to - width(text)))
}

pub fn rst_rows(entries: &[Entry]) -> Vec<Vec<String>> {
    let header = header(&["Sub-processor"]).into_iter().map(str::to_owned).collect();
    let row = |entry: &Entry| std::iter::once(rst_name(entry)).chain(entry.cells.map(rst)).collect();
    std::iter::once(header).chain(entries.iter().map(row)).collect()
}

pub fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    (0..rows[0].len()).map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or_default().max(3)).collect()
}

pub fn rst_list_tables(list: &List) -> String {
    page(list, rst_heading, |entries| {
        let row = |row: &Vec<String>| {
            let cells = row.iter().enumerate().map(|(at, cell)| {
                format!("   {} - {cell}", if at == 0 { "*" } else { " " }).trim_end().to_owned() + "\n"
            });
            cells.collect::<String>()
        };
        let rows: String = rst_rows(entries).iter().map(row).collect();
        format!(".. list-table::\n   :header-rows: 1\n   :widths: 20 10 10 10 10 10\n\n{rows}\n")
    })
}

pub fn rst_grid_tables(list: &List) -> String {
    page(list, rst_heading, |entries| {
        let rows = rst_rows(entries);
        let widths = widths(&rows);
        let border =
            |c: &str| widths.iter().map(|width| format!("+{}", c.repeat(width + 2))).collect::<String>() + "+\n";
        let mut out = border("-");
        for (at, row) in rows.iter().enumerate() {
            out.extend(row.iter().zip(&widths).map(|(cell, width)| format!("| {} ", padded(cell, *width))));
            out += &format!("|\n{}", border(if at == 0 { "=" } else { "-" }));
        }
        out + "\n"
    })
}

pub fn rst_simple_tables(list: &List) -> String {
    page(list, rst_heading, |entries| {
        let rows = rst_rows(entries);
        let widths = widths(&rows);
        let border = widths.iter().map(|width| "=".repeat(*width)).collect::<Vec<_>>().join("  ") + "\n";
        let mut out = border.clone();
        for (at, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
            out += &format!("{}\n", cells.join("  ").trim_end());
            if at == 0 {
                out += &border;
            }
        }
        out + &border + "\n"
    })
}

pub fn rst_definitions(list: &List) -> String {
    page(list, rst_heading, |entries| {
        let entry = |entry: &Entry| {
            let fields: String = labelled(entry).map(|(label, text)| format!("   :{label}: {}\n", rst(text))).collect();
            let fields = if fields.is_empty() { "   ..\n".to_owned() } else { fields };
            format!("{}\n{fields}\n", rst_name(entry))
        };
        entries.iter().map(entry).collect()
    })
}

pub fn csv(list: &List, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(header(&["Sub-processor", "Website"])).expect("a record");
    for entry in list.entries() {
        writer.write_record([entry.name, entry.link].iter().chain(&entry.cells)).expect("a record");
    }
    String::from_utf8(writer.into_inner().expect("bytes")).expect("UTF-8")
}
