//! What the readers of pages say of a page that they do not read, or not wholly.

use changecast::read::{Problem, ReadingConfig, read};

fn why(path: &str, text: &str, options: &ReadingConfig) -> String {
    let error = read(path, text.as_bytes(), options).expect_err("no list");
    assert!(matches!(error.problem, Problem::NoList(_)), "{error}");
    assert!(error.help().contains("--table HEADING"), "{}", error.help());
    error.to_string()
}

#[test]
fn a_page_without_a_list_says_why() {
    let page = "# Policy\n\nWe care.\n\n## Cookies\n\n| Cookie | Purpose |\n|---|---|\n| sid | Login |\n\n## Rights\n\n- You may object.\n";
    let said = why("policy.md", page, &ReadingConfig::default());
    for words in
        ["the table in line 9 under \"Cookies\" is about something else", "the list in line 13 under \"Rights\""]
    {
        assert!(said.contains(words), "{said}");
    }
    assert!(why("policy.md", "# Policy\n\nWe care.\n", &ReadingConfig::default()).contains("the page is prose"));
    let options = ReadingConfig { tables: vec!["Vendors".to_owned()], ..ReadingConfig::default() };
    assert!(why("policy.md", page, &options).contains("nothing stands under the heading \"Vendors\""));
}

#[test]
fn a_row_with_a_cell_too_many_is_pointed_out() {
    let page = "# Sub-processors\n\n| Vendor | Purpose |\n|---|---|\n| Quill | Mail | chat |\n| Lantern | Search |\n\n| Kestrel | CDN | EU |\n";
    let reading = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list");
    let said: Vec<_> = reading.warnings.iter().map(|warning| (warning.at.line, warning.message.as_str())).collect();
    assert_eq!(reading.inventory.entries.len(), 3);
    assert_eq!(said.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 8]);
    assert!(said[0].1.contains("\"chat\""), "{said:?}");
    // Rows of another shape behind an empty line are another thing.
    let page = page.replace("| Kestrel | CDN | EU |", "| a | b | c | d | e |");
    assert_eq!(read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory.entries.len(), 2);
}

#[test]
fn a_heading_names_the_vendor_unless_a_field_does() {
    let page = "# EntryKeys\n\n### Priority 1\n\n| Field | Status |\n|---|---|\n| **Vendor** | Quill |\n| **Service** | Mail |\n| Effective date | TBD |\n\n### Lantern\n\n| Field | Status |\n|---|---|\n| **Vendor** | Lantern Ltd |\n| **Service** | Search |\n| Location | Finland |\n";
    let inventory = read("register.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let names: Vec<&str> = inventory.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["Quill", "Lantern Ltd"]);
}

#[test]
fn a_statement_above_a_list_is_no_section() {
    for line in
        ["**Last updated:** May 2024", "**Last updated: May 2024**", "**Version 3**", "**Note** that it changes."]
    {
        let page = format!("# Sub-processors\n\n{line}\n\n- Quill – Mail\n- Lantern – Search\n");
        let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let titles: Vec<&str> = inventory.sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(titles, ["Sub-processors"], "{line}");
    }
}

/// What a page says of the keeping of its list is not on the list.
#[test]
fn bullets_about_the_list_are_no_entries() {
    let keeping = "## Changes to sub-processors\n\n1. **Update this page** at least 30 days before\n2. **E-mail** to those who want it\n\n## Sub-processors and others\n\nWe do NOT use:\n\n- **Heat maps** (Quill) – too curious.\n";
    let bullets = "- **Lantern** – Search\n- **Kestrel** – Chat\n";
    let table = "| Vendor | Purpose |\n|---|---|\n| Lantern | Search |\n| Kestrel | Chat |\n";
    for list in [bullets, table] {
        let page = format!("# Sub-processors\n\n## Our sub-processors\n\n{list}\n{keeping}");
        let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let names: Vec<&str> = inventory.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Lantern", "Kestrel"], "{page}");
    }
}

#[test]
fn places_in_parentheses_behind_a_name_are_the_location() {
    let page = "# Sub-processors\n\n- **Lantern** (Ireland, Germany) – Search\n- **Kestrel** (US): Chat\n- **Quill** (beta) – Maps\n";
    let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let said = |at: usize| -> Vec<String> {
        inventory.entries[at].cells.iter().map(|cell| format!("{}: {}", cell.field, cell.text)).collect()
    };
    assert_eq!(said(0), ["purpose: Search", "location: Ireland, Germany"]);
    assert_eq!(said(1), ["purpose: Chat", "location: US"]);
    assert_eq!(said(2), ["purpose: (beta) – Maps"]);
}

#[test]
fn vendors_that_are_gone_and_logs_of_changes_are_not_on_the_list() {
    let row = |name: &str| format!("| {name} | Search | Ireland |\n");
    let table = |names: &[&str]| {
        let rows: String = names.iter().map(|name| row(name)).collect();
        format!("| Vendor | Purpose | Location |\n|---|---|---|\n{rows}\n")
    };
    let names = |page: &str| -> Vec<String> {
        let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        inventory.entries.iter().map(|entry| entry.name.to_string()).collect()
    };
    let current = format!("# Sub-processors\n\n## Current sub-processors\n\n{}", table(&["Lantern", "Kestrel"]));
    for gone in [
        format!("## Former sub-processors\n\n{}", table(&["Quill"])),
        format!("## Removed\n\n### Infrastructure\n\n{}", table(&["Quill"])),
        format!("We no longer use these sub-processors:\n\n{}", table(&["Quill"])),
        "## Past sub-processors\n\n- **Quill** – Maps\n".to_owned(),
        format!("## List of our former sub-processors\n\n{}", table(&["Quill"])),
        format!("## Sub-processors we no longer use\n\n{}", table(&["Quill"])),
        "## Recent news\n\n| Date | Vendor | Change |\n|---|---|---|\n| 2024-01-01 | Quill | Removed |\n".to_owned(),
    ] {
        assert_eq!(names(&format!("{current}{gone}")), ["Lantern", "Kestrel"], "{gone}");
    }
    let planned = format!("{current}## Upcoming sub-processors\n\n{}", table(&["Quill"]));
    assert_eq!(names(&planned), ["Lantern", "Kestrel", "Quill"]);
    for listed in [
        "## Past and current sub-processors\n\n",
        "## Former Acme products\n\n",
        "## Archive\n\n### Current sub-processors\n\n",
        "Personal data is kept no longer than necessary by these sub-processors:\n\n",
        "We tell when we no longer use a sub-processor. These are engaged:\n\n",
    ] {
        assert_eq!(names(&format!("# Sub-processors\n\n{listed}{}", table(&["Quill"]))), ["Quill"], "{listed}");
    }
    let dated = "| Vendor | Purpose | Effective date | Action |\n|---|---|---|---|\n| Quill | Maps | 2024 | None |\n";
    assert_eq!(names(&format!("# Sub-processors\n\n{dated}\n## Your rights\n\n- **Object**: write\n")), ["Quill"]);
    let ahead = "## Notice of new sub-processors\n\n| Vendor | Change | Effective date |\n|---|---|---|\n| Quill | Addition | 2027 |\n";
    assert_eq!(names(&format!("{current}{ahead}")), ["Lantern", "Kestrel", "Quill"]);
    // Where nobody is engaged any more there is no list, and bullets beside are none.
    let nobody =
        format!("# Vendors\n\nNone.\n\n## Former vendors\n\n{}## Contact\n\n- **Post**: Street\n", table(&["Quill"]));
    assert!(why("l.md", &nobody, &ReadingConfig::default()).contains("vendors that are gone"));
}

#[test]
fn a_postal_address_below_a_name_is_no_part_of_it() {
    let page = "# Sub-processors\n\n| Vendor | Purpose |\n|---|---|\n| Lantern GmbH<br>Hauptstr. 5<br>10115 Berlin | Search |\n| Kestrel<br>Mail | Chat |\n| Quill Office<br>365 | Maps |\n";
    let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let names: Vec<&str> = inventory.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["Lantern GmbH", "Kestrel Mail", "Quill Office 365"]);
    let cells: Vec<&str> = inventory.entries[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert!(cells.contains(&"Hauptstr. 5, 10115 Berlin"), "{cells:?}");
}

/// The names and fields that are read from one cell of names, in each way to write it.
#[test]
fn characters_of_a_name_are_not_markup() {
    let html =
        |cell: &str| format!("<h1>Sub-processors</h1><table><tr><th>Vendor<th>Purpose<tr><td>{cell}<td>Maps</table>");
    let markdown = |cell: &str| format!("# Sub-processors\n\n| Vendor | Purpose |\n|---|---|\n| {cell} | Maps |\n");
    let csv = |cell: &str| format!("Vendor,Purpose\n\"{cell}\",Maps\n");
    let link = "link: https://a.example";
    for (path, text, name, fields) in [
        ("l.html", html("<a href='https://a.example'>Acme [EU]</a>"), "Acme [EU]", vec![link]),
        ("l.html", html("<a href='https://a.example'>Acme EU]</a>"), "Acme EU]", vec![link]),
        ("l.html", html("<a href='https://a.example'>Acme [EU</a>"), "Acme [EU", vec![link]),
        ("l.html", html("<a href='https://a.example'>Acme (EU)</a>"), "Acme (EU)", vec![link]),
        (
            "l.html",
            html("<a href='https://a.example/x_(y)'>Acme</a>"),
            "Acme",
            vec!["link: https://a.example/x_%28y%29"],
        ),
        ("l.html", html("<a href='https://a.example'>Acme<br>Berlin</a>"), "Acme Berlin", vec![link]),
        ("l.html", html("Acme [EU](x)"), "Acme [EU](x)", vec![]),
        ("l.html", html("Acme | Delta"), "Acme | Delta", vec![]),
        ("l.html", html("Lantern; Suite 500 Tools"), "Lantern; Suite 500 Tools", vec![]),
        ("l.html", html("Lantern<br>Street 5, Berlin"), "Lantern", vec!["postal-address: Street 5, Berlin"]),
        ("l.html", html("Lantern<br><br>Tools<br>"), "Lantern Tools", vec![]),
        ("l.html", html("Lantern&#xfdd0;; Suite 500 Tools"), "Lantern; Suite 500 Tools", vec![]),
        ("l.md", markdown("[Acme [EU]](https://a.example)"), "Acme [EU]", vec![link]),
        ("l.md", markdown("[Acme \\[EU](https://a.example)"), "Acme [EU", vec![link]),
        ("l.md", markdown("`Acme [EU](x)`"), "Acme [EU](x)", vec![]),
        ("l.md", markdown("Acme \\| Delta"), "Acme | Delta", vec![]),
        ("l.md", markdown("Lantern; Suite 500 Tools"), "Lantern; Suite 500 Tools", vec![]),
        ("l.md", markdown("Lantern<br/>Street 5, Berlin"), "Lantern", vec!["postal-address: Street 5, Berlin"]),
        ("l.csv", csv("Lantern; Suite 500 Tools"), "Lantern; Suite 500 Tools", vec![]),
        ("l.csv", csv("Lantern\nStreet 5, Berlin"), "Lantern", vec!["postal-address: Street 5, Berlin"]),
        ("l.csv", csv("Acme [EU]"), "Acme [EU]", vec![]),
    ] {
        let inventory = read(path, text.as_bytes(), &ReadingConfig::default()).expect(&text).inventory;
        let [entry] = &inventory.entries[..] else { panic!("{text}") };
        assert_eq!(entry.name.as_str(), name, "{text}");
        let cells = entry.cells.iter().map(|cell| format!("{}: {}", cell.field, cell.text));
        let other: Vec<String> = cells.filter(|cell| cell != "purpose: Maps").collect();
        assert_eq!(other, fields, "{text}");
    }
}

#[test]
fn html_in_code_is_not_a_list() {
    let table = "<table>\n<tr><th>Vendor</th><th>Purpose</th></tr>\n<tr><td>Sample</td><td>Maps</td></tr>\n</table>";
    let list = "| Vendor | Purpose |\n|---|---|\n| Lantern | Search |\n";
    for (code, expected) in [
        (format!("```html\n{table}\n```\n"), vec!["Lantern"]),
        (format!("~~~\n{table}\n~~~\n"), vec!["Lantern"]),
        ("Write `<table>` or `<dl>`.\n".to_owned(), vec!["Lantern"]),
        (format!("Write `<table>`:\n\n{table}\n"), vec!["Sample", "Lantern"]),
        (format!("Write `<!--`:\n\n{table}\n\n<!-- end -->\n"), vec!["Sample", "Lantern"]),
        (format!("<!--\n```\n-->\n\n{table}\n"), vec!["Sample", "Lantern"]),
    ] {
        let page = format!("# Sub-processors\n\n{code}\n{list}");
        let inventory = read("l.md", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let names: Vec<&str> = inventory.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, expected, "{page}");
    }
}
