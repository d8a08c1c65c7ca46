//! A reader that remembers gives what a reader without memory gives, on every version of any list.

use std::sync::Arc;

use changecast::{
    ReadingConfig,
    read::{ReadError, Reader, Reading, read, texts},
};
use changecast_core::model::Inventory;

/// Numbers that are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("small")
    }

    fn one_of_pairs<'a>(&mut self, pairs: &[(&'a str, &'a str)]) -> (&'a str, &'a str) {
        pairs[self.below(pairs.len())]
    }

    fn one_of<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

const PURPOSES: [&str; 12] = [
    "Hosting",
    "'Video: support calls'",
    "\"Mail,\n      sent and received\"",
    "|\n      Hosting\n      of all\n",
    "|+\n      Hosting\n\n",
    ">-\n      folded\n      text",
    "|2\n        indented",
    "plain text that\n      goes on",
    "~",
    "{a: b, c: [d, e]}",
    "[one,\n      two]",
    "Backup & disaster * recovery # not said",
];

/// An entry two columns in. Native inventories have no maps in entries.
fn entry(dice: &mut Dice, number: usize, is_native: bool) -> Vec<String> {
    let purpose = dice.one_of(&PURPOSES);
    let purpose = if is_native && purpose.starts_with('{') { "Mail" } else { purpose };
    let mut fields = vec![
        format!("name: Vendor {number}"),
        format!("purpose: {purpose}"),
        format!("countries: [\"{}\", DE]", dice.one_of(&["FR", "NO", "IN"])),
        "data:\n      - names\n      - addresses".to_owned(),
        format!("status: {}", dice.one_of(&["active", "planned", "\"in use\""])),
    ];
    if dice.below(3) > 0 {
        fields.insert(0, format!("id: v{number}"));
    }
    if dice.below(4) == 0 {
        fields.push(format!("{}: x", dice.one_of(&["purpos", "contact", "remark", "Entity name", "formerly"])));
    }
    if dice.below(4) == 0 {
        fields.rotate_left(1);
    }
    let text = format!("  - {}", fields.join("\n    "));
    text.lines().map(str::to_owned).collect()
}

/// A file of some shape; entries stand two columns in.
fn file(dice: &mut Dice, shape: usize) -> Vec<String> {
    let entries = |dice: &mut Dice, from: usize| {
        (from..from + 14).flat_map(|n| entry(dice, n, matches!(shape, 1 | 2))).collect::<Vec<_>>()
    };
    let indented = |lines: Vec<String>, by: usize| -> Vec<String> {
        lines.into_iter().map(|line| format!("{}{line}", " ".repeat(by))).collect()
    };
    let mut lines: Vec<String> = vec!["# A list, revision 1".into()];
    match shape {
        0 => {
            lines.push("vendors:".into());
            lines.extend(entries(dice, 0));
            lines.push("owner: somebody".into());
        }
        1 => {
            lines.extend(["---", "title: Vendors", "entries:", "# the first one"].map(String::from));
            // The dashes stand where the key does.
            lines.extend(entries(dice, 0).into_iter().map(|line| line[2.min(line.len())..].to_owned()));
        }
        2 => {
            lines.push("sections:".into());
            for section in 0..3 {
                lines.push(format!("  - title: Section {section}"));
                lines.push("    status: active".into());
                lines.push("    entries:".into());
                lines.extend(indented(entries(dice, 20 * section), 4));
            }
        }
        3 => {
            lines.push("landscape:".into());
            for category in 0..2 {
                lines.push(format!("  - category:\n    name: Category {category}\n    subcategories:"));
                for group in 0..2 {
                    lines.push(format!("      - name: Group {category}.{group}\n        items:"));
                    lines.extend(indented(entries(dice, 100 * category + 20 * group), 8));
                }
            }
            lines = lines.join("\n").lines().map(str::to_owned).collect();
        }
        _ => lines.extend(entries(dice, 0).into_iter().map(|line| line[2.min(line.len())..].to_owned())),
    }
    lines
}

/// Lines that mean much in some places and break others.
const LINES: [&str; 34] = [
    "# a comment", "", "   ", "- name: Short", "  - name: In between", "    - name: Deeper", "        - name: Deepest",
    "    remark: said", "  remark: said", "remark: said", "      goes on", "  -", "-", "    - ", "---", "...",
    "%YAML 1.2", "\ttab: x", "    tab:\tx", "    quote: \"never closed", "    quote: 'two", "    end'",
    "    flow: [a,", "    ]", "    block: |", "    block: >+", "  - &one {name: Anchored}", "  - *one", "    <<: *one",
    "    tagged: !!str 5", "  - !x {name: Tagged}", "  - - name: Nested", "    ? complex",
    "  - ? name\n    : Explained",
];

/// Lines that a file may begin with: comments mostly, which say nothing.
const FIRST: [&str; 8] =
    ["# first", "#", "# - name: said", "# é\u{1}", "#\u{feff}x", " # indented", "", "%YAML 1.2 # said"];

/// One step from a version to the next.
fn edit(dice: &mut Dice, lines: &mut Vec<String>, step: usize) {
    if lines.is_empty() {
        return;
    }
    let at = dice.below(lines.len());
    let starts: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].trim_start().starts_with("- ")).collect();
    let item = |from: usize, lines: &[String]| {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let own = indent(&lines[from]);
        let rest = lines.iter().enumerate().skip(from + 1);
        let end = rest.clone().find(|(_, line)| !line.trim().is_empty() && indent(line) <= own).map(|(at, _)| at);
        from..end.unwrap_or(lines.len())
    };
    match dice.below(18) {
        0 | 1 => lines[0] = format!("# A list, revision {step}"),
        2..=4 => lines[at] = lines[at].replace(['5', 'o', 'a'], dice.one_of(&["7", "u", "e", ": ", "#"])),
        5 => lines.insert(at, dice.one_of(&LINES).to_owned()),
        6 => lines.insert(at, format!("    # said in step {step}")),
        7 => drop(lines.remove(at)),
        8 => {
            let next = (at + 1) % lines.len();
            lines.swap(at, next);
        }
        9 => {
            let (by, end) = (" ".repeat(dice.below(3) + 1), lines.len().min(at + 1 + dice.below(8)));
            let less = dice.below(2) == 0;
            for line in &mut lines[at..end] {
                *line = if less { line.replacen(&by, "", 1) } else { format!("{by}{line}") };
            }
        }
        10 if !starts.is_empty() => drop(lines.drain(item(starts[dice.below(starts.len())], lines))),
        11 if !starts.is_empty() => {
            let moved: Vec<String> = lines.drain(item(starts[dice.below(starts.len())], lines)).collect();
            let to = dice.below(lines.len() + 1);
            lines.splice(to..to, moved);
        }
        12 if !starts.is_empty() => {
            let to = starts[dice.below(starts.len())];
            let indent = lines[to].len() - lines[to].trim_start().len();
            let new = entry(dice, 1_000 + step, true);
            let new = new.into_iter().map(|line| format!("{}{}", " ".repeat(indent), &line[2.min(line.len())..]));
            lines.splice(to..to, new.collect::<Vec<_>>());
        }
        13 => lines.extend(entry(dice, 2_000 + step, true)),
        14 => lines.insert(0, dice.one_of(&FIRST).to_owned()),
        15 if lines[0].starts_with('#') => drop(lines.remove(0)),
        16 => lines.extend(["more:".to_owned(), "- name: At another indent".to_owned()]),
        _ => {
            for line in lines.iter_mut().skip(at).take(5) {
                *line = line.replace("purpose: Hosting", &format!("purpose: {}", dice.one_of(&PURPOSES)));
            }
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    readable: usize,
    entries: usize,
    shared: usize,
}

/// Reads a version both ways, and counts what it shares with the one before.
fn step(reader: &mut Reader, path: &str, text: &str, before: &mut Option<Inventory>, counts: &mut Counts) {
    let options = ReadingConfig::default();
    let alone: Result<Reading, ReadError> = read(path, text.as_bytes(), &options);
    let following = reader.read_with_texts(path, text.as_bytes(), &options);
    assert_eq!(following.as_ref().map(|(reading, _)| reading), alone.as_ref(), "\n{text}");
    let Ok((reading, around)) = following else { return };
    assert_eq!(texts(path, text.as_bytes(), &reading.positions, &options).as_ref(), Ok(&around), "\n{text}");
    counts.readable += 1;
    if let Some(before) = before {
        counts.entries += reading.inventory.entries.len();
        let known = |entry: &&Arc<_>| before.entries.iter().any(|other| Arc::ptr_eq(other, entry));
        counts.shared += reading.inventory.entries.iter().filter(known).count();
    }
    *before = Some(reading.inventory);
}

#[test]
fn yaml_is_read_in_parts_as_it_is_read_whole() {
    let mut counts = Counts::default();
    for seed in 1..30_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut reader = Reader::default();
        let shape = dice.below(5);
        let mut lines = file(&mut dice, shape);
        let mut before = None;
        let mut good = lines.clone();
        for number in 0..40 {
            for _ in 0..=dice.below(3) {
                edit(&mut dice, &mut lines, number);
            }
            let mut text = lines.join(if dice.below(40) == 0 { "\r\n" } else { "\n" });
            if dice.below(8) > 0 {
                text.push('\n');
            }
            step(&mut reader, "list.yaml", &text, &mut before, &mut counts);
            // A broken version is mended mostly; else nothing would be read any more.
            match read("list.yaml", text.as_bytes(), &ReadingConfig::default()) {
                Ok(_) => good.clone_from(&lines),
                Err(_) if dice.below(4) > 0 => lines.clone_from(&good),
                Err(_) => {}
            }
        }
    }
    // Else nothing but the reading of whole files would be tested.
    assert!(counts.readable > 300 && counts.shared * 10 > counts.entries * 7, "{counts:?}");
}

#[test]
fn entries_that_stay_are_the_same_in_all_versions() {
    for shape in 0..5 {
        let mut dice = Dice(77 + shape as u64);
        let mut counts = Counts::default();
        let mut reader = Reader::default();
        let mut lines = file(&mut dice, shape);
        let mut before = None;
        for number in 0..40 {
            lines[0] = format!("# A list, revision {number}");
            let names: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains("countries:")).collect();
            let at = names[dice.below(names.len())];
            lines[at] = lines[at].replace("DE]", "DE, FI]");
            if number % 5 == 0 {
                lines.insert(
                    at + 1,
                    format!("{}# reviewed", " ".repeat(lines[at].len() - lines[at].trim_start().len())),
                );
            }
            step(&mut reader, "list.yaml", &(lines.join("\n") + "\n"), &mut before, &mut counts);
        }
        assert_eq!(counts.readable, 40, "shape {shape}");
        assert!(counts.shared + 40 >= counts.entries && counts.shared < counts.entries, "shape {shape}: {counts:?}");
    }
}

/// An item of a JSON list, written in one of many ways.
fn json_item(dice: &mut Dice, number: usize) -> String {
    let mut fields = vec![
        format!("\"name\": \"Vendor {number}\""),
        format!("\"purpose\": \"{}\"", dice.one_of(&["Hosting", "Mail \\u00e9", r#"a \"quoted\" word"#, "  spaces "])),
        format!("\"countries\": [\"{}\", \"DE\"]", dice.one_of(&["FR", "NO"])),
    ];
    match dice.below(if number < 30 { 9 } else { 60 }) {
        0 => fields.push("\"nested\": {\"a\": [1, {\"b\": null}], \"c\": 1.10}".into()),
        1 => fields.push("\"purpos\": \"x\"".into()),
        2 => fields.rotate_left(1),
        20 => fields.push("\"name\": \"twice\"".into()),
        3 => fields[1] = "\"purpose\": [\"Hosting\",\n\"Mail\"]".into(),
        _ => {}
    }
    let (by, around) = dice.one_of_pairs(&[(",\n    ", "\n  "), (", ", ""), (",", " ")]);
    format!("{{{around}{}{around}}}", fields.join(by))
}

#[test]
fn json_is_read_in_parts_as_it_is_read_whole() {
    let mut counts = Counts::default();
    for seed in 1..30_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut reader = Reader::default();
        let mut before = None;
        // A list at the top, under a key, or lists in groups.
        let shape = dice.below(3);
        let mut items: Vec<String> = (0..30).map(|number| json_item(&mut dice, number)).collect();
        for number in 30..70 {
            let at = dice.below(items.len());
            match dice.below(5) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, json_item(&mut dice, number)),
                2 => {
                    let other = dice.below(items.len());
                    items.swap(at, other);
                }
                3 => items[at] = json_item(&mut dice, number),
                _ => items[at] = items[at].replacen("Vendor", dice.one_of(&["Vendor", "Supplier", "\\u0056endor"]), 1),
            }
            let break_at = dice.below(items.len());
            let list = |items: &[String], by: &str| format!("[{}]", items.join(by));
            let by = dice.one_of(&[",\n  ", ", ", ",\n\t", ",\r\n"]);
            let mut text = match shape {
                0 => list(&items, by),
                1 => format!("{{\n  \"subprocessors\": {}}}\n", list(&items, by)),
                _ => {
                    let (one, two) = items.split_at(break_at);
                    format!("{{\"eu\": {},\n \"us\": {}}}", list(one, by), list(two, by))
                }
            };
            if dice.below(9) == 0 {
                // Something is broken.
                let at = dice.below(text.len());
                let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.insert_str(at, dice.one_of(&["}", "\"", "[", "x"]));
            }
            step(&mut reader, "list.json", &text, &mut before, &mut counts);
        }
    }
    assert!(counts.readable > 500 && counts.shared * 2 > counts.entries, "{counts:?}");
}

/// A list of one format, as long as lists get before what was forgotten is dropped.
fn long_list(format: &str, places: &[&str]) -> String {
    let row = |(at, place): (usize, &&str)| match format {
        "csv" => format!("Vendor {at},Hosting,{place}\n"),
        "md" => format!("| Vendor {at} | Hosting | {place} |\n"),
        "json" => format!("{{\"name\": \"Vendor {at}\", \"purpose\": \"Hosting\", \"location\": \"{place}\"}},\n"),
        "toml" => format!("[[vendors]]\nname = \"Vendor {at}\"\npurpose = \"Hosting\"\nlocation = \"{place}\"\n"),
        "yaml" => format!("- name: Vendor {at}\n  purpose: Hosting\n  location: {place}\n"),
        _ => format!("<tr><td>Vendor {at}</td><td>Hosting</td><td>{place}</td></tr>\n"),
    };
    let rows: String = places.iter().enumerate().map(row).collect();
    match format {
        "csv" => format!("Name,Purpose,Location\n{rows}"),
        "md" => format!("# Sub-processors\n\n| Name | Purpose | Location |\n| --- | --- | --- |\n{rows}"),
        "json" => format!("[\n{}]\n", rows.trim_end().trim_end_matches(',')),
        "html" => format!("<table><tr><th>Name</th><th>Purpose</th><th>Location</th></tr>\n{rows}</table>\n"),
        _ => rows,
    }
}

#[test]
fn what_stays_of_a_long_list_is_the_same_in_every_format() {
    for format in ["csv", "md", "json", "toml", "yaml", "html"] {
        let mut dice = Dice(5);
        let (mut reader, mut before, mut counts) = (Reader::default(), None, Counts::default());
        let mut places = vec!["Finland"; 1_500];
        for _ in 0..4 {
            let at = dice.below(places.len());
            places[at] = "Germany";
            step(&mut reader, &format!("list.{format}"), &long_list(format, &places), &mut before, &mut counts);
        }
        assert_eq!((counts.readable, counts.entries - counts.shared), (4, 3), "{format}: {counts:?}");
    }
}
