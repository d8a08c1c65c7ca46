//! Small writers of one list in every dialect that lists are found in.

use super::{pages::*, trees::*};

/// A list before it is written down.
#[derive(Clone, Debug)]
pub struct List {
    /// Title and entries.
    pub sections: Vec<(&'static str, Vec<Entry>)>,
}

/// An entry: name, address, and the columns of [`COLUMNS`], empty where it says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub name: &'static str,
    pub link: &'static str,
    pub cells: [&'static str; 5],
}

/// Headers of the columns beside the name, with the keys that records use.
pub const COLUMNS: [(&str, &str); 5] = [
    ("Purpose", "purpose"),
    ("Location", "location"),
    ("Data processed", "data_processed"),
    ("Status", "status"),
    ("Remark", "remark"),
];

impl List {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|(_, entries)| entries)
    }

    fn map(&self, change: impl Fn(&mut Entry)) -> List {
        let mut list = self.clone();
        list.sections.iter_mut().flat_map(|(_, entries)| entries).for_each(change);
        list
    }
}

/// What a dialect cannot say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lacks {
    /// Headings over groups of entries.
    Sections,
    /// Two entries of one name under one heading, or anywhere.
    Twins,
    /// More than one line per entry: name, link, purpose and location only.
    Fields,
}

/// A way to write a list.
pub struct Dialect {
    pub format: &'static str,
    pub name: &'static str,
    pub extension: &'static str,
    pub lacks: &'static [Lacks],
    pub write: fn(&List) -> String,
}

impl Dialect {
    /// The part of a list that this dialect can say.
    pub fn able(&self, list: &List) -> List {
        let mut list = list.clone();
        for lack in self.lacks {
            list = match lack {
                Lacks::Sections => List { sections: vec![("", list.entries().cloned().collect())] },
                Lacks::Twins => {
                    let mut seen = Vec::new();
                    for (_, entries) in &mut list.sections {
                        entries.retain(|entry| {
                            let new = !seen.contains(&entry.name);
                            seen.push(entry.name);
                            new
                        });
                    }
                    list
                }
                Lacks::Fields => list.map(|entry| entry.cells[2..].fill("")),
            };
        }
        list
    }
}

const fn entry(name: &'static str, link: &'static str, cells: [&'static str; 5]) -> Entry {
    Entry { name, link, cells }
}

/// A list with sections, and one without.
pub fn lists() -> [List; 2] {
    let plain = vec![
        entry(
            "Nordhaven GmbH",
            "https://nordhaven.example/legal?a=1&b=2",
            ["Hosting, backups; storage", "Germany, Finland", "Names, e-mail addresses", "Active", ""],
        ),
        entry(
            "Kestrel Mail, Inc.",
            "",
            ["Delivery of e-mail", "Ireland", "", "Planned 2027", "50 % of the load: EU only"],
        ),
    ];
    let odd = vec![
        entry(
            "Żółw <Search> & Söhne",
            "https://zolw.example/",
            [
                "Says \"yes\" to 1 < 2 & a|b",
                "United States",
                "It's 3 * 4, x_y",
                "",
                "# no heading, [no link] \\ `no code`",
            ],
        ),
        entry("用途株式会社", "https://xn--n8j.example/用途", ["検索と分析", "Japan", "", "", "~ {none}: - 'a'"]),
        entry("Nordhaven GmbH", "", ["Vector search", "Germany", "", "Optional (one or the other)", ""]),
    ];
    let bare = vec![entry("Quill", "", [""; 5]), entry("Lantern Ltd.", "", ["", "", "", "", "-1 +1 =1 @1"])];
    [
        List { sections: vec![("Infrastructure", plain.clone()), ("AI & search", odd.clone()), ("Support", bare)] },
        List { sections: vec![("", plain.into_iter().chain(odd[..2].to_vec()).collect())] },
    ]
}

use Lacks::{Fields, Sections, Twins};

/// All dialects; the first is what the others are compared with, and the first of each format what
/// is said of the format as a whole.
pub static DIALECTS: &[Dialect] = &[
    Dialect { format: "yaml", name: "native YAML", extension: "yaml", lacks: &[], write: yaml_native },
    Dialect { format: "yaml", name: "native YAML in flow style", extension: "yml", lacks: &[], write: json_native },
    Dialect {
        format: "yaml",
        name: "YAML, a list of maps",
        extension: "yaml",
        lacks: &[Sections],
        write: yaml_records,
    },
    Dialect { format: "yaml", name: "YAML, a map of lists of maps", extension: "yaml", lacks: &[], write: yaml_groups },
    Dialect {
        format: "yaml",
        name: "YAML, a map of maps",
        extension: "yaml",
        lacks: &[Sections, Twins],
        write: yaml_map,
    },
    Dialect { format: "json", name: "native JSON", extension: "json", lacks: &[], write: json_native },
    Dialect {
        format: "json",
        name: "JSON, a list of maps",
        extension: "json",
        lacks: &[Sections],
        write: json_records,
    },
    Dialect { format: "json", name: "JSON, a map of lists of maps", extension: "json", lacks: &[], write: json_groups },
    Dialect {
        format: "javascript",
        name: "TypeScript, an array of objects",
        extension: "ts",
        lacks: &[Sections],
        write: ts_records,
    },
    Dialect {
        format: "javascript",
        name: "TypeScript, arrays in groups",
        extension: "tsx",
        lacks: &[],
        write: ts_groups,
    },
    Dialect {
        format: "component",
        name: "Vue, an array in the script",
        extension: "vue",
        lacks: &[Sections],
        write: vue_records,
    },
    Dialect { format: "toml", name: "native TOML", extension: "toml", lacks: &[], write: toml_native },
    Dialect {
        format: "toml",
        name: "TOML, a list of tables",
        extension: "toml",
        lacks: &[Sections],
        write: toml_records,
    },
    Dialect { format: "markdown", name: "Markdown tables", extension: "md", lacks: &[], write: md_tables },
    Dialect { format: "mdx", name: "MDX tables", extension: "mdx", lacks: &[], write: mdx_tables },
    Dialect {
        format: "markdown",
        name: "Markdown tables with links in a column",
        extension: "md",
        lacks: &[],
        write: md_link_tables,
    },
    Dialect { format: "markdown", name: "Markdown bullets", extension: "md", lacks: &[], write: md_bullets },
    Dialect {
        format: "markdown",
        name: "Markdown bullets of one line",
        extension: "md",
        lacks: &[Fields],
        write: md_lines,
    },
    Dialect {
        format: "markdown",
        name: "a Markdown heading for each entry",
        extension: "md",
        lacks: &[],
        write: md_headings,
    },
    Dialect { format: "markdown", name: "HTML tables in Markdown", extension: "md", lacks: &[], write: md_html_tables },
    Dialect { format: "html", name: "HTML tables", extension: "html", lacks: &[], write: html_tables },
    Dialect {
        format: "html",
        name: "HTML tables without closing tags",
        extension: "htm",
        lacks: &[],
        write: html_open_tables,
    },
    Dialect {
        format: "html",
        name: "HTML definition lists",
        extension: "html",
        lacks: &[Fields],
        write: html_definitions,
    },
    Dialect { format: "html", name: "HTML lists", extension: "html", lacks: &[], write: html_bullets },
    Dialect { format: "rst", name: "RST list tables", extension: "rst", lacks: &[], write: rst_list_tables },
    Dialect { format: "rst", name: "RST grid tables", extension: "rst", lacks: &[], write: rst_grid_tables },
    Dialect { format: "rst", name: "RST simple tables", extension: "rst", lacks: &[], write: rst_simple_tables },
    Dialect { format: "rst", name: "RST definition lists", extension: "rst", lacks: &[], write: rst_definitions },
    Dialect { format: "csv", name: "CSV", extension: "csv", lacks: &[Sections], write: |list| csv(list, b',') },
    Dialect {
        format: "csv",
        name: "CSV with semicolons",
        extension: "csv",
        lacks: &[Sections],
        write: |list| csv(list, b';'),
    },
    Dialect { format: "csv", name: "TSV", extension: "tsv", lacks: &[Sections], write: |list| csv(list, b'\t') },
];

/// The fields of an entry with the keys of records; the name first.
pub fn fields(entry: &Entry) -> impl Iterator<Item = (&'static str, &'static str)> {
    let cells = COLUMNS.iter().zip(entry.cells).map(|((_, key), text)| (*key, text));
    [("name", entry.name), ("url", entry.link)].into_iter().chain(cells).filter(|(_, text)| !text.is_empty())
}

/// The cells of an entry with their headers, without the name.
pub fn labelled(entry: &Entry) -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().zip(entry.cells).map(|((label, _), text)| (*label, text)).filter(|(_, text)| !text.is_empty())
}
