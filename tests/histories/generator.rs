//! Random histories of a list: tables with columns and sections that change from version to version, written in
//! several formats.

/// A small random number generator (SplitMix64), so that a seed names a history for ever.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def0)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

const VENDORS: [&str; 14] = [
    "Nordhaven", "Kestrel", "Tallyline", "Lumen Data", "Brightwater", "Quill", "Oakline", "Ferret Desk", "Copperline",
    "Lantern; Suite", "Acme [EU]", "Zephyr", "Harbor", "Moss & Sons",
];
const FORMS: [&str; 5] = ["", " GmbH", ", Inc.", " Ltd", " S.A."];
/// Headers of the first column.
const NAME_HEADERS: [&str; 4] = ["Name", "Vendor", "Sub-processor", "Provider"];
/// Headers of the other columns; some could name the entry as well.
const HEADERS: [&str; 16] = [
    "Legal entity", "Entity name", "Company", "Supplier", "Purpose", "Service", "Location", "Country", "Headquarters",
    "Data processed", "Transfer mechanism", "Status", "Applies to", "Certifications", "Effective date", "Notes",
];
const CELLS: [&str; 18] = [
    "", "", "Hosting", "Cloud hosting.", "USA", "United States", "EU, United States", "Germany", "Ireland (Dublin)",
    "active", "planned", "SCCs", "SCCs, DPF", "names, e-mail addresses", "2026-06-10", "ISO 27001", "n/a",
    "Support & billing",
];
const TITLES: [&str; 5] = ["Infrastructure", "Support", "AI providers", "Analytics", "Payments"];

/// One version of a list.
#[derive(Clone, Debug)]
pub struct Table {
    name_header: &'static str,
    columns: Vec<&'static str>,
    sections: Vec<Section>,
}

#[derive(Clone, Debug)]
struct Section {
    title: &'static str,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    name: String,
    cells: Vec<(&'static str, &'static str)>,
}

impl Row {
    fn random(random: &mut Random, columns: &[&'static str]) -> Self {
        let name = format!("{}{}", random.pick(&VENDORS), random.pick(&FORMS));
        Row { name, cells: columns.iter().map(|column| (*column, *random.pick(&CELLS))).collect() }
    }

    fn cell(&self, column: &str) -> &'static str {
        self.cells.iter().find(|(header, _)| *header == column).map_or("", |(_, text)| *text)
    }

    fn set(&mut self, column: &'static str, text: &'static str) {
        self.cells.retain(|(header, _)| *header != column);
        self.cells.push((column, text));
    }
}

impl Table {
    pub fn random(random: &mut Random) -> Self {
        let mut columns: Vec<&'static str> = Vec::new();
        for _ in 0..1 + random.below(4) {
            let header = *random.pick(&HEADERS);
            if !columns.contains(&header) {
                columns.push(header);
            }
        }
        let count = 1 + random.below(3);
        let titles = TITLES.iter().cycle().skip(random.below(TITLES.len())).take(count);
        let sections = titles
            .map(|title| Section {
                title,
                rows: (0..1 + random.below(4)).map(|_| Row::random(random, &columns)).collect(),
            })
            .collect();
        Table { name_header: random.pick::<&str>(&NAME_HEADERS), columns, sections }
    }

    /// The next version: between one and three edits.
    pub fn edited(&self, random: &mut Random) -> Self {
        let mut next = self.clone();
        for _ in 0..1 + random.below(3) {
            next.edit(random);
        }
        next
    }

    fn edit(&mut self, random: &mut Random) {
        let at = random.below(self.sections.len());
        match random.below(13) {
            0 | 1 => {
                let row = Row::random(random, &self.columns);
                let place = random.below(self.sections[at].rows.len() + 1);
                self.sections[at].rows.insert(place, row);
            }
            2 if self.sections[at].rows.len() > 1 => {
                let place = random.below(self.sections[at].rows.len());
                self.sections[at].rows.remove(place);
            }
            3..=5 => {
                let column = *random.pick(&self.columns);
                let text = *random.pick(&CELLS);
                if let Some(row) = random_row(&mut self.sections[at].rows, random) {
                    row.set(column, text);
                }
            }
            6 => {
                let form = *random.pick(&FORMS);
                let vendor = *random.pick(&VENDORS);
                if let Some(row) = random_row(&mut self.sections[at].rows, random) {
                    row.name = format!("{vendor}{form}");
                }
            }
            7 => self.add_column(random),
            8 if self.columns.len() > 1 => {
                let place = random.below(self.columns.len());
                self.columns.remove(place);
            }
            9 => {
                let place = random.below(self.columns.len());
                let column = self.columns.remove(place);
                self.columns.insert(random.below(self.columns.len() + 1), column);
            }
            10 => self.rename_column(random),
            11 => self.sections[at].title = *random.pick(&TITLES),
            _ => {
                self.sections[at].rows.reverse();
                let last = self.sections.len() - 1;
                self.sections.swap(at, last);
            }
        }
    }

    fn add_column(&mut self, random: &mut Random) {
        let header = *random.pick(&HEADERS);
        if self.columns.contains(&header) {
            return;
        }
        self.columns.insert(random.below(self.columns.len() + 1), header);
        for row in self.sections.iter_mut().flat_map(|section| &mut section.rows) {
            row.set(header, random.pick::<&str>(&CELLS));
        }
    }

    fn rename_column(&mut self, random: &mut Random) {
        let (place, header) = (random.below(self.columns.len()), *random.pick(&HEADERS));
        if self.columns.contains(&header) {
            return;
        }
        let old = std::mem::replace(&mut self.columns[place], header);
        for row in self.sections.iter_mut().flat_map(|section| &mut section.rows) {
            let text = row.cell(old);
            row.set(header, text);
        }
    }

    fn header(&self) -> Vec<&str> {
        std::iter::once(self.name_header).chain(self.columns.iter().copied()).collect()
    }
}

fn random_row<'r>(rows: &'r mut [Row], random: &mut Random) -> Option<&'r mut Row> {
    if rows.is_empty() { None } else { Some(&mut rows[random.below(rows.len())]) }
}

/// A format that a history is written in: the path of the file, and how a version is written.
pub struct Format {
    pub path: &'static str,
    pub write: fn(&Table) -> String,
    /// A file that cannot be read.
    pub broken: &'static str,
}

pub const FORMATS: [Format; 6] = [
    Format {
        path: "subprocessors.md",
        write: markdown,
        broken: "| Name | Purpose |\n|---|\n| Nordhaven |\n<<<<<<< HEAD\n",
    },
    Format { path: "subprocessors.html", write: html, broken: "<table><tr><th>Name</th><<<<<<< HEAD\n" },
    Format { path: "subprocessors.csv", write: csv, broken: "Name,Purpose\n\"Nordhaven,Hosting\n" },
    Format { path: "subprocessors.yaml", write: yaml_native, broken: "sections: [" },
    Format { path: "vendors.yaml", write: yaml_records, broken: "- name: [" },
    Format { path: "subprocessors.json", write: json_records, broken: "[{\"name\": " },
];

fn markdown(table: &Table) -> String {
    let mut out = "# Sub-processors\n".to_owned();
    let header = table.header();
    for section in &table.sections {
        out += &format!("\n## {}\n\n| {} |\n|{}\n", section.title, header.join(" | "), "---|".repeat(header.len()));
        for row in &section.rows {
            let cells = table.columns.iter().map(|column| row.cell(column));
            out += &format!("| {} | {} |\n", escaped(&row.name), cells.collect::<Vec<_>>().join(" | "));
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

fn html(table: &Table) -> String {
    let mut out = "<h1>Sub-processors</h1>\n".to_owned();
    for section in &table.sections {
        out += &format!("<h2>{}</h2>\n<table>\n<tr>", section.title);
        out.extend(table.header().iter().map(|header| format!("<th>{header}</th>")));
        out += "</tr>\n";
        for row in &section.rows {
            out += &format!("<tr><td>{}</td>", row.name.replace('&', "&amp;"));
            out.extend(
                table.columns.iter().map(|column| format!("<td>{}</td>", row.cell(column).replace('&', "&amp;"))),
            );
            out += "</tr>\n";
        }
        out += "</table>\n";
    }
    out
}

fn csv(table: &Table) -> String {
    let mut out = table.header().join(",") + "\n";
    for row in table.sections.iter().flat_map(|section| &section.rows) {
        let cells = table.columns.iter().map(|column| row.cell(column));
        let cells = std::iter::once(row.name.as_str()).chain(cells).map(|cell| format!("\"{cell}\""));
        out += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    out
}

fn key(header: &str) -> String {
    header.to_lowercase().replace([' ', '-'], "_")
}

/// The pairs of a row that are not empty, as keys and quoted texts.
fn pairs<'t>(table: &'t Table, row: &'t Row) -> impl Iterator<Item = (String, String)> + 't {
    let cells = table.columns.iter().map(|column| (key(column), row.cell(column)));
    std::iter::once(("name".to_owned(), row.name.as_str()))
        .chain(cells.filter(|(_, text)| !text.is_empty()))
        .map(|(key, text)| (key, format!("{text:?}")))
}

fn yaml_rows(table: &Table, rows: &[Row], indent: &str) -> String {
    let mut out = String::new();
    for row in rows {
        for (at, (key, text)) in pairs(table, row).enumerate() {
            out += &format!("{indent}{} {key}: {text}\n", if at == 0 { "-" } else { " " });
        }
    }
    out
}

fn yaml_native(table: &Table) -> String {
    let mut out = "title: Sub-processors\nsections:\n".to_owned();
    for section in &table.sections {
        out += &format!("- title: {}\n  entries:\n{}", section.title, yaml_rows(table, &section.rows, "  "));
        if section.rows.is_empty() {
            out += "  []\n";
        }
    }
    out
}

fn yaml_records(table: &Table) -> String {
    table.sections.iter().map(|section| yaml_rows(table, &section.rows, "")).collect()
}

fn json_records(table: &Table) -> String {
    let rows = table.sections.iter().flat_map(|section| &section.rows).map(|row| {
        let pairs = pairs(table, row).map(|(key, text)| format!("\"{key}\": {text}"));
        format!("  {{{}}}", pairs.collect::<Vec<_>>().join(", "))
    });
    format!("[\n{}\n]\n", rows.collect::<Vec<_>>().join(",\n"))
}
