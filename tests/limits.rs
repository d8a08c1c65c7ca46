//! Files that are too large, too deep or broken, in every format: a located error or a right
//! reading, in little memory and on a small stack.

use std::thread;

use changecast::read::{MAX_BYTES, Problem, ReadError, Reading, ReadingConfig, format_names, read};

/// The stack that every reader must do with.
const STACK: usize = 1 << 20;

/// The size of a large file: debug builds are slow.
const LARGE: usize = if cfg!(debug_assertions) { 1 << 20 } else { 50 << 20 };

/// A large count of entries, one less than too many.
const MANY: usize = 100_000;

/// A large count of levels.
const LEVELS: usize = if cfg!(debug_assertions) { 20_000 } else { MANY };

/// Many columns, and rows that make many cells with the most columns there may be.
const COLUMNS: usize = if cfg!(debug_assertions) { 10_000 } else { MANY };
const ROWS: usize = if cfg!(debug_assertions) { 200 } else { 2_001 };

/// What a reader must make of a file.
enum Expect {
    /// Entries.
    Reads(usize),
    /// An error with these words at a place.
    Fails(&'static str),
    /// Either, as long as it ends.
    Ends,
}

use Expect::{Ends, Fails, Reads};

struct Case {
    what: &'static str,
    bytes: Vec<u8>,
    expect: Expect,
}

fn case(what: &'static str, text: impl Into<Vec<u8>>, expect: Expect) -> Case {
    Case { what, bytes: text.into(), expect }
}

/// Reads in a thread with a small stack.
fn read_small(format: &str, bytes: Vec<u8>) -> Result<Reading, ReadError> {
    let options = ReadingConfig { format: Some(format.to_owned()), ..ReadingConfig::default() };
    let reader = thread::Builder::new().stack_size(STACK);
    let reader = reader.spawn(move || read("subprocessors", &bytes, &options)).expect("a thread");
    reader.join().expect("no panic")
}

/// A list of three entries in a format; the second has no purpose, and one name is not ASCII.
fn small(format: &str) -> &'static str {
    match format {
        "markdown" => {
            "# Vendors\n\n| Vendor | Purpose |\n|---|---|\n| Quill | Mail |\n| Żółw | |\n| Lantern | Search |\n"
        }
        "html" => {
            "<h1>Vendors</h1>\n<table>\n<tr><th>Vendor</th><th>Purpose</th></tr>\n<tr><td>Quill</td><td>Mail</td></tr>\n<tr><td>Żółw</td><td></td></tr>\n<tr><td>Lantern</td><td>Search</td></tr>\n</table>\n"
        }
        "csv" => "Vendor,Purpose\nQuill,Mail\nŻółw,\nLantern,Search\n",
        "rst" => {
            "Vendors\n=======\n\n.. list-table::\n   :header-rows: 1\n\n   * - Vendor\n     - Purpose\n   * - Quill\n     - Mail\n   * - Żółw\n     -\n   * - Lantern\n     - Search\n"
        }
        "yaml" => {
            "vendors:\n- name: Quill\n  purpose: Mail\n- name: Żółw\n  purpose:\n- name: Lantern\n  purpose: Search\n"
        }
        "json" => {
            "{\"vendors\": [\n{\"name\": \"Quill\", \"purpose\": \"Mail\"},\n{\"name\": \"Żółw\", \"purpose\": null},\n{\"name\": \"Lantern\", \"purpose\": \"Search\"}\n]}\n"
        }
        "javascript" => {
            "const vendors = [\n{ name: 'Quill', purpose: 'Mail' },\n{ name: 'Żółw', purpose: null },\n{ name: 'Lantern', purpose: 'Search' },\n];\n"
        }
        "component" => {
            "<script>\nconst vendors = [\n{ name: 'Quill', purpose: 'Mail' },\n{ name: 'Żółw', purpose: null },\n{ name: 'Lantern', purpose: 'Search' },\n];\n</script>\n"
        }
        "mdx" => {
            "export const vendors = [\n{ name: 'Quill', purpose: 'Mail' },\n{ name: 'Żółw', purpose: null },\n{ name: 'Lantern', purpose: 'Search' },\n];\n"
        }
        "toml" => {
            "[[vendors]]\nname = \"Quill\"\npurpose = \"Mail\"\n[[vendors]]\nname = \"Żółw\"\n[[vendors]]\nname = \"Lantern\"\npurpose = \"Search\"\n"
        }
        other => panic!("tests/limits.rs has no list in {other}"),
    }
}

/// A list of `rows` entries with `columns` columns, of which the cells hold `cell`.
fn table(format: &str, rows: usize, columns: usize, cell: &str) -> String {
    let headers = || (1..columns).map(|n| format!("c{n}"));
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    match format {
        "markdown" | "mdx" => {
            line(&format!("| Vendor |{}", headers().map(|c| c + "|").collect::<String>()));
            line(&"|---".repeat(columns));
            let rest = format!("{cell}|").repeat(columns - 1);
            (0..rows).for_each(|n| line(&format!("| v{n} |{rest}")));
        }
        "html" => {
            line(&format!("<table><tr><th>Vendor{}", headers().map(|c| format!("<th>{c}")).collect::<String>()));
            let rest = format!("<td>{cell}").repeat(columns - 1);
            (0..rows).for_each(|n| line(&format!("<tr><td>v{n}{rest}")));
            line("</table>");
        }
        "csv" => {
            line(&format!("Vendor{}", headers().map(|c| format!(",{c}")).collect::<String>()));
            let rest = format!(",{cell}").repeat(columns - 1);
            (0..rows).for_each(|n| line(&format!("v{n}{rest}")));
        }
        "rst" => {
            line(".. list-table::\n   :header-rows: 1\n");
            line(&format!("   * - Vendor{}", headers().map(|c| format!("\n     - {c}")).collect::<String>()));
            let rest = format!("\n     - {cell}").repeat(columns - 1);
            (0..rows).for_each(|n| line(&format!("   * - v{n}{rest}")));
        }
        "yaml" => {
            let rest: String = headers().map(|c| format!(", {c}: '{cell}'")).collect();
            line("vendors:");
            (0..rows).for_each(|n| line(&format!("- {{name: v{n}{rest}}}")));
        }
        "json" => {
            let rest: String = headers().map(|c| format!(",\"{c}\":\"{cell}\"")).collect();
            line("[");
            (0..rows)
                .for_each(|n| line(&format!("{{\"name\":\"v{n}\"{rest}}}{}", if n + 1 < rows { "," } else { "]" })));
        }
        "javascript" | "component" => {
            let rest: String = headers().map(|c| format!(", {c}: '{cell}'")).collect();
            line(if format == "component" { "<script>const vendors = [" } else { "const vendors = [" });
            (0..rows).for_each(|n| line(&format!("{{ name: 'v{n}'{rest} }},")));
            line(if format == "component" { "];</script>" } else { "];" });
        }
        "toml" => {
            let rest: String = headers().map(|c| format!("{c}=\"{cell}\"\n")).collect();
            (0..rows).for_each(|n| line(&format!("[[vendors]]\nname=\"v{n}\"\n{rest}")));
        }
        other => panic!("tests/limits.rs has no table in {other}"),
    }
    out
}

/// What is broken or deep in a way of the format's own.
fn own(format: &str) -> Vec<Case> {
    let deep = |open: &str, close: &str| open.repeat(LEVELS) + &close.repeat(LEVELS);
    let listed = small(format);
    match format {
        "mdx" => vec![
            case("an array that is not closed", listed.replace("];", ""), Fails("ends inside a statement")),
            case("braces in braces", "# Vendors\n".to_owned() + &deep("a {", "}"), Ends),
            case("open braces", deep("{a", ""), Ends),
            case("open tags", deep("<A b={", ""), Ends),
            case("tags in tags", deep("<A b={[{c: ", "}]}/>"), Ends),
            case("statements that are not closed", deep("export const a = [\n", ""), Ends),
            case("back-ticks of many lengths", (1..800).map(|n| "`".repeat(n) + " ").collect::<String>(), Ends),
        ],
        "markdown" => vec![
            case(
                "a row that is not closed",
                "# Vendors\n\n| Vendor | Purpose |\n|--|--|\n| A | x\n| B | y |",
                Reads(2),
            ),
            case("a link that is not closed", listed.replace("Quill", "[Quill](https://a.example"), Reads(3)),
            case("strong text that is not closed", listed.replace("Quill", "**Quill"), Reads(3)),
            case("a comment that is not closed", listed.replace("# Vendors", "# Vendors <!-- x"), Ends),
            case("quotes in quotes", deep("> ", "") + "x", Ends),
            case("bullets in bullets", deep("- ", "") + "x", Ends),
            case("bullets below bullets", (0..2_000).map(|n| " ".repeat(n * 2) + "- x\n").collect::<String>(), Ends),
            case("emphasis in emphasis", deep("*a **b ", "** c*"), Ends),
            case("links in links", deep("[", "](x)"), Ends),
            case("pictures in pictures", deep("![", "](x)"), Ends),
            case("open brackets", deep("[a", ""), Ends),
            case("open parentheses in a cell", listed.replace("Search", &deep("(", "")), Reads(3)),
            case("a heading without spaces between words", "# ".to_owned() + &"\u{4ee5}\u{4e0b}".repeat(20_000), Ends),
            case(
                "a sentence without spaces between words",
                listed.replace("# Vendors", &("# Vendors\n\n".to_owned() + &"\u{975e}\u{5b50}".repeat(500))),
                Ends,
            ),
            case("back-ticks of many lengths", (1..800).map(|n| "`".repeat(n) + " ").collect::<String>(), Ends),
            case("elements in elements", deep("<div>", "</div>"), Ends),
            case("an embedded table that is not closed", "# Vendors\n\n<table><tr><th>Vendor<tr><td>A", Ends),
        ],
        "html" => vec![
            case("a table that is not closed", listed.replace("</table>", ""), Fails("cut")),
            case("cells and rows that are not closed", listed.replace("</td>", "").replace("</tr>", ""), Reads(3)),
            case("a tag that is not closed", listed.to_owned() + "<a href=\"", Fails("cut")),
            case("a comment that is not closed", listed.to_owned() + "<!-- ", Fails("cut")),
            case("navigation that is not closed", "<nav><ul><li>Home</ul>".to_owned() + listed, Reads(3)),
            case("a script that is not closed", listed.to_owned() + "<script>", Reads(3)),
            case("elements in elements", deep("<div>", "</div>") + listed, Reads(3)),
            case("lists in lists", deep("<ul><li>", "</ul>"), Ends),
            case("tables in tables", deep("<table><tr><td>", "</table>"), Ends),
            case("navigation in navigation", deep("<nav>", "</nav>") + listed, Reads(3)),
            case("navigation that is never closed", deep("<nav>", "") + listed, Reads(3)),
            case("strong in strong", deep("<b>", "</b>"), Ends),
            case("definitions without terms", deep("<dl><dd>", ""), Ends),
            case("struck in struck", deep("<s>", "</s>") + listed, Reads(3)),
            case(
                "a link that begins in raised text",
                listed.replace("Quill", "<sup>a<a href=\"x\">b</sup>é</a>"),
                Reads(3),
            ),
            case(
                "rows that share cells without end",
                "<table><tr><th>Vendor<tr>".to_owned()
                    + &"<td rowspan=\"99999999999\">x".repeat(COLUMNS)
                    + &"<tr><td>y".repeat(COLUMNS),
                Ends,
            ),
        ],
        "csv" => vec![
            case("a quote that is not closed", "Vendor,Purpose\nA,\"x\nB,y\n", Fails("never closed")),
            case("quotes inside a cell", "Vendor,Purpose\nA \"B\" C,x\nD,\"y \"\" z\"\n", Reads(2)),
            case("nothing but quotes", "\"".repeat(MANY), Ends),
            case("nothing but delimiters", ",".repeat(MANY), Ends),
            case(
                "rows of many lengths",
                "Vendor,a\n".to_owned() + &(1..400).map(|n| format!("v{n}{}\n", ",x".repeat(n))).collect::<String>(),
                Reads(399),
            ),
        ],
        "rst" => vec![
            case("a grid that is not closed", "Vendors\n=======\n\n+---+---+\n| V | P |\n+===+===+\n| A | x |", Ends),
            case("a simple table that is not closed", "Vendors\n=======\n\n=== ===\nA   B\n=== ===\nC   D\n", Ends),
            case("a link that is not closed", listed.replace("Quill", "`Quill <https://a.example"), Reads(3)),
            case("bullets below bullets", (0..2_000).map(|n| " ".repeat(n * 2) + "* x\n\n").collect::<String>(), Ends),
            case("terms below terms", (0..2_000).map(|n| " ".repeat(n * 2) + "x\n").collect::<String>(), Ends),
            case("back-ticks", deep("`", "") + "x", Ends),
            case("titles of all marks", "a\n===\n".repeat(MANY / 10), Ends),
        ],
        "yaml" => vec![
            case("a bracket that is not closed", "vendors: [{name: A}", Fails("not valid YAML")),
            case("a quote that is not closed", "vendors:\n- name: \"A\n", Fails("not valid YAML")),
            case("lists in lists", deep("[", "]"), Fails("limit")),
            case("lists in lists, open", deep("[", ""), Fails("limit")),
            case("maps in maps", deep("{a: ", "}"), Fails("limit")),
            case("bullets in bullets", deep("- ", ""), Fails("nesting")),
            case("maps below maps", (0..2_000).map(|n| " ".repeat(n) + "a:\n").collect::<String>(), Fails("nesting")),
            case("anchors without end", "a: ".to_owned() + &"&a ".repeat(MANY), Fails("not valid YAML")),
            case("a bomb of aliases", bomb(), Fails("values including aliases")),
            case("copies of anchors in anchors", anchors_in_anchors(), Fails("values including aliases")),
            case("aliases of a long text", aliases_of_a_long_text(), Fails("values including aliases")),
            case("an alias of itself", "a: &a [*a]\nvendors: [{name: A}]\n", Ends),
        ],
        "json" => vec![
            case("a bracket that is not closed", "{\"vendors\": [{\"name\": \"A\"}", Fails("not valid JSON")),
            case("a quote that is not closed", "{\"vendors\": [{\"name\": \"A}]}", Fails("not valid JSON")),
            case("lists in lists", deep("[", "]"), Fails("nesting")),
            case("lists in lists, open", deep("[", ""), Ends),
            case("maps in maps", deep("{\"a\":", "}").replacen(":}", ":1}", 1), Fails("nesting")),
            case("half a surrogate", "[{\"name\": \"\\ud800\"}]", Fails("not valid JSON")),
            case("a number without end", format!("[{{\"name\": {}}}]", "9".repeat(500)), Reads(1)),
        ],
        "javascript" | "component" => {
            let script = |code: String| match format {
                "component" => format!("<script>{code}</script>"),
                _ => code,
            };
            vec![
                case("a bracket that is not closed", script("const vendors = [{name: 'A'}".into()), Fails("not valid")),
                case("a quote that is not closed", script("const vendors = [{name: 'A}];".into()), Fails("not valid")),
                case("arrays in arrays", script(format!("const vendors = {}", deep("[", "]"))), Fails("nesting")),
                case("arrays in arrays, open", script(format!("const vendors = {}", deep("[", ""))), Fails("")),
                case(
                    "objects in objects",
                    script(format!("x({})", deep("{a:", "}").replacen(":}", ":1}", 1))),
                    Fails(""),
                ),
                case("calls in calls", script(deep("f(", ")")), Ends),
                case(
                    "a long sum",
                    script(format!("const vendors = [{{name: 'A'{}}}]", " + 'a'".repeat(MANY / 10))),
                    Ends,
                ),
                case("half a surrogate", script(r"const vendors = [{name: 'A\ud800', purpose: 'x'}]".into()), Reads(1)),
            ]
        }
        "toml" => vec![
            case("a bracket that is not closed", "[[vendors]\nname = \"A\"", Fails("not valid TOML")),
            case("a quote that is not closed", "[[vendors]]\nname = \"A\n", Fails("not valid TOML")),
            case("lists in lists", "a = ".to_owned() + &deep("[", "]"), Fails("")),
            case("maps in maps", "a = ".to_owned() + &deep("{a=", "}"), Fails("")),
            case("a key of many parts", "a.".repeat(MANY) + "a = 1", Fails("")),
            case("a table of many parts", format!("[{}a]\nb = 1", "a.".repeat(MANY)), Fails("")),
        ],
        other => panic!("tests/limits.rs has nothing broken in {other}"),
    }
}

/// Eight aliases of eight aliases of eight …
fn bomb() -> String {
    let level = |(to, from): (char, char)| format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 8].join(", "));
    "a: &a [x, x, x, x, x, x, x, x]\n".to_owned() + &('b'..='i').zip('a'..).map(level).collect::<String>()
}

/// Sixty anchors, one inside the other, around many values: each anchor keeps a copy of them.
fn anchors_in_anchors() -> String {
    let open: String = (0..60).map(|level| format!("&a{level} [")).collect();
    format!("x: {open}{}{}\n", "y,".repeat(100_000), "]".repeat(60))
}

/// A small file that would unfold to gigabytes of text.
fn aliases_of_a_long_text() -> String {
    format!("x: &x {}\ny: [{}]\n", "long ".repeat(200_000), "*x, ".repeat(10_000))
}

/// What every format may be given.
fn common(format: &str) -> Vec<Case> {
    let listed = small(format);
    let long = listed.replace("Mail", &"word ".repeat(LARGE / 5));
    let mut cases = vec![
        case("the list itself", listed, Reads(3)),
        case("no newline at the end", listed.trim_end(), Reads(3)),
        case("a byte order mark", format!("\u{feff}{listed}"), Reads(3)),
        case("a byte order mark alone", "\u{feff}", Fails("empty")),
        case("NUL bytes alone", vec![0; 100], Ends),
        case("half of it", &listed.as_bytes()[..listed.len() / 2], Ends),
        case("a long text", long, Fails("characters of a field")),
        case("many columns", table(format, 1, COLUMNS, "x"), Fails("columns")),
        case("a million empty cells", table(format, ROWS, 500, ""), Reads(ROWS)),
        case("a large file of spaces", listed.to_owned() + &" ".repeat(LARGE), Reads(3)),
        case("a large file of lines", listed.to_owned() + &"\n".repeat(LARGE), Reads(3)),
        case("a file over the limit", listed.to_owned() + &" ".repeat(MAX_BYTES - listed.len() + 1), Fails("bytes")),
    ];
    // The limits are the same for all formats.
    if format == "csv" || !cfg!(debug_assertions) {
        cases.push(case("spaces up to the limit", " ".repeat(MAX_BYTES), Fails("empty")));
        cases.push(case("too many entries", table(format, MANY + 1, 1, ""), Fails("entries")));
    }
    if !cfg!(debug_assertions) {
        cases.push(case("a file at the limit", listed.to_owned() + &" ".repeat(MAX_BYTES - listed.len()), Reads(3)));
        cases.push(case("the most entries", table(format, MANY, 2, "x"), Reads(MANY)));
    }
    cases
}

#[test]
fn every_format_withstands_what_it_is_given() {
    let wrong: Vec<String> = thread::scope(|scope| {
        let formats: Vec<_> = format_names().map(|format| scope.spawn(move || wrong_in(format))).collect();
        formats.into_iter().flat_map(|format| format.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The cases of a format that are not as they should be.
fn wrong_in(format: &'static str) -> Vec<String> {
    let mut wrong = Vec::new();
    for Case { what, bytes, expect } in common(format).into_iter().chain(own(format)) {
        let found = read_small(format, bytes);
        let said = match &found {
            Ok(reading) => format!("{} entries", reading.inventory.entries.len()),
            Err(error) => format!("{error} at {:?}", error.at),
        };
        let right = match (&expect, &found) {
            (Ends, _) => true,
            (Reads(count), Ok(reading)) => reading.inventory.entries.len() == *count,
            (Fails(words), Err(error)) => {
                let whole = matches!(error.problem, Problem::Empty | Problem::Limit { .. });
                error.to_string().contains(words) && (whole || error.at.is_some())
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{format}, {what}: {said}"));
        }
    }
    wrong
}

#[test]
fn line_ends_of_all_systems_are_the_same() {
    for format in format_names() {
        let options = ReadingConfig { format: Some(format.to_owned()), ..ReadingConfig::default() };
        let of = |text: &str| read("subprocessors", text.as_bytes(), &options);
        let expected = of(small(format)).expect("a list").inventory;
        let ends = ["\r\n", "\r", "\n"];
        let mixed: String =
            small(format).lines().zip(ends.iter().cycle()).flat_map(|(line, end)| [line, end]).collect();
        for text in [small(format).replace('\n', "\r\n"), small(format).replace('\n', "\r"), mixed] {
            assert_eq!(of(&text).map(|reading| reading.inventory), Ok(expected.clone()), "{format}: {text:?}");
        }
    }
}

#[test]
fn what_is_not_utf_8_is_located() {
    for format in format_names() {
        let mut bytes = small(format).replace("Lantern", "Lan\u{1}tern").into_bytes();
        let at = bytes.iter().position(|b| *b == 1).expect("the mark");
        bytes[at] = 0xff;
        let error = read_small(format, bytes[..].to_vec()).expect_err("no text");
        assert_eq!(error.problem, Problem::NotUtf8, "{format}");
        let before = String::from_utf8_lossy(&bytes[..at]);
        let line = before.matches('\n').count() + 1;
        assert_eq!(error.at.map(|at| at.line), Some(line), "{format}");
    }
}

/// Lists as large as real ones get: all of it is read, from the first entry to the last.
#[test]
fn large_lists_are_read_whole() {
    let landscape: String = (0..60)
        .map(|group| {
            let items = (0..40).map(|n| {
                format!(
                    "      - item:\n        name: Tool {group}-{n}\n        homepage_url: https://t{n}.example/\n        repo:\n          url: https://r{n}.example/\n"
                )
            });
            format!(
                "- category:\n  name: Group {group}\n  subcategories:\n  - subcategory:\n    name: Part\n    items:\n{}",
                items.collect::<String>()
            )
        })
        .collect();
    let landscape = format!("landscape:\n{landscape}");
    for (format, text, rows) in [
        ("csv", table("csv", 16_000, 8, "Some text"), 16_000),
        ("json", table("json", 3_400, 12, "Some text"), 3_400),
        ("markdown", table("markdown", 5_000, 6, "Some text"), 5_000),
        ("html", table("html", 5_000, 6, "Some text"), 5_000),
        ("rst", table("rst", 5_000, 6, "Some text"), 5_000),
        ("toml", table("toml", 5_000, 6, "Some text"), 5_000),
        ("yaml", landscape, 2_400),
    ] {
        let inventory = read_small(format, text.into_bytes()).expect("a list").inventory;
        assert_eq!(inventory.entries.len(), rows, "{format}");
        assert!(inventory.entries.iter().all(|entry| !entry.cells.is_empty()), "{format}");
    }
}
