//! What surrounds a list on its page does not belong to it: adding or removing it announces no vendor.

use changecast::{
    Inventory,
    read::{ReadingConfig, read},
    render::{flat, sentence},
};
use changecast_core::{
    change::{Kind, diff},
    model::ListState,
};

use super::{
    pages::{html, html_tables, md, md_heading, md_html_tables, md_link_tables, md_table, md_tables, mdx_tables},
    said,
    writers::{List, lists},
};

/// A part of a page that is not the list.
struct Other {
    title: &'static str,
    body: Body,
}

enum Body {
    Prose(&'static str),
    Bullets(&'static [&'static str]),
    /// Labels of links to other pages.
    Links(&'static [&'static str]),
    Table(&'static [&'static [&'static str]]),
}

use Body::{Bullets, Links, Prose, Table};

static OTHERS: [Other; 20] = [
    Other {
        title: "Introduction",
        body: Prose("We choose the companies that work for us with care, and review each of them every year."),
    },
    Other {
        title: "Frequently asked questions",
        body: Bullets(&[
            "Who reviews a vendor? Our security team.",
            "Where are the data? In the places that the list states.",
        ]),
    },
    Other {
        title: "How we choose vendors",
        body: Bullets(&["We read their reports", "We test their services", "We sign a contract"]),
    },
    Other {
        title: "How to object",
        body: Bullets(&["Write to privacy@larkspur.example", "Name the vendor", "State your reasons"]),
    },
    Other {
        title: "Change history",
        body: Table(&[
            &["Date", "Change"],
            &["2025-03-02", "Fernbank Ltd. added"],
            &["2025-01-09", "Ostrava Mail removed"],
        ]),
    },
    Other {
        title: "Change log",
        body: Bullets(&["2025-03-02: added Fernbank Ltd.", "2025-01-09: removed Ostrava Mail"]),
    },
    Other {
        title: "Änderungshistorie",
        body: Table(&[&["Datum", "Änderung"], &["02.03.2025", "Fernbank Ltd. hinzugefügt"]]),
    },
    Other {
        title: "Former sub-processors",
        body: Table(&[
            &["Vendor", "Purpose", "Removed"],
            &["Ostrava Mail", "E-mail", "2025-01-09"],
            &["Fernbank Ltd.", "Backups", "2024-06-30"],
        ]),
    },
    Other { title: "Former sub-processors", body: Bullets(&["Ostrava Mail", "Fernbank Ltd."]) },
    Other {
        title: "Ehemalige Unterauftragsverarbeiter",
        body: Table(&[&["Anbieter", "Zweck"], &["Ostrava Mail", "E-Mail"]]),
    },
    Other { title: "Anciens sous-traitants", body: Bullets(&["Ostrava Mail", "Fernbank Ltd."]) },
    Other { title: "Not sub-processors", body: Bullets(&["Ostrava Mail", "Fernbank Ltd."]) },
    Other {
        title: "Related documents",
        body: Links(&["Privacy policy", "Data processing agreement", "Security overview"]),
    },
    Other { title: "See also", body: Links(&["Pricing", "Careers", "Status page"]) },
    Other { title: "Contact", body: Bullets(&["privacy@larkspur.example", "+44 20 7946 0000"]) },
    Other {
        title: "Security measures",
        body: Table(&[
            &["Measure", "Description"],
            &["Encryption", "TLS 1.3 and AES-256"],
            &["Access", "Single sign-on"],
        ]),
    },
    Other { title: "Retention", body: Table(&[&["Data", "Period"], &["Logs", "90 days"], &["Backups", "35 days"]]) },
    Other {
        title: "About this document",
        body: Table(&[&["Version", "Approved by", "Last review"], &["3.1", "The board", "2025-03-01"]]),
    },
    Other {
        title: "Definitions",
        body: Bullets(&[
            "Controller: who decides on the purposes of processing",
            "Processor: who processes data for a controller",
        ]),
    },
    Other {
        title: "Your rights",
        body: Bullets(&["Access to your data", "Erasure of your data", "Complaint to an authority"]),
    },
];

fn markdown(other: &Other) -> String {
    let body = match other.body {
        Prose(text) => format!("{}\n\n", md(text)),
        Bullets(items) => items.iter().map(|item| format!("- {}\n", md(item))).collect::<String>() + "\n",
        Links(items) => items.iter().map(|item| format!("- [{item}](/{})\n", item.len())).collect::<String>() + "\n",
        Table(rows) => md_table(rows[0], rows[1..].iter().map(|row| row.iter().map(|cell| md(cell)).collect())),
    };
    md_heading(2, other.title) + &body
}

fn html_part(other: &Other) -> String {
    let row = |cells: &[&str], tag: &str| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", html(cell))).collect();
        format!("<tr>{cells}</tr>")
    };
    let body = match other.body {
        Prose(text) => format!("<p>{}</p>", html(text)),
        Bullets(items) => {
            format!("<ul>{}</ul>", items.iter().map(|item| format!("<li>{}</li>", html(item))).collect::<String>())
        }
        Links(items) => {
            let items = items.iter().map(|item| format!("<li><a href=\"/{}\">{item}</a></li>", item.len()));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        Table(rows) => {
            let below: String = rows[1..].iter().map(|cells| row(cells, "td")).collect();
            format!("<table>{}{below}</table>", row(rows[0], "th"))
        }
    };
    format!("<h2>{}</h2>\n{body}\n", html(other.title))
}

/// A way to write pages: the extension, the list, and a part beside it.
type Dialect = (&'static str, fn(&List) -> String, fn(&Other) -> String);

const PAGES: [Dialect; 5] = [
    ("md", md_tables, markdown),
    ("mdx", mdx_tables, markdown),
    ("md", md_link_tables, markdown),
    ("md", md_html_tables, markdown),
    ("html", html_tables, html_part),
];

fn inventory(extension: &str, page: &str) -> Inventory {
    let reading = read(&format!("subprocessors.{extension}"), page.as_bytes(), &ReadingConfig::default());
    reading.unwrap_or_else(|error| panic!("{error} at {:?}\n{page}", error.at)).inventory
}

#[test]
fn what_surrounds_a_list_is_not_announced() {
    let mut wrong = String::new();
    for (place, list) in lists().iter().enumerate() {
        for (extension, write, part) in PAGES {
            let alone = write(list);
            let expected = inventory(extension, &alone);
            for (number, other) in OTHERS.iter().enumerate() {
                // Two parts at once, so that they influence each other.
                let second = part(&OTHERS[(number * 7 + place * 3 + 1) % OTHERS.len()]);
                for page in [format!("{alone}\n{}", part(other)), format!("{alone}\n{}{second}", part(other))] {
                    let found = inventory(extension, &page);
                    let set = diff(&ListState::listed(expected.clone()), &ListState::listed(found.clone()));
                    let is_text = |kind: Kind| matches!(kind, Kind::TermsChanged | Kind::PageTextChanged);
                    let announced: Vec<String> = set
                        .changes
                        .iter()
                        .filter(|change| !is_text(change.kind))
                        .map(|change| flat(&sentence(change)))
                        .collect();
                    if !announced.is_empty() || said(&found).keys().ne(said(&expected).keys()) {
                        wrong += &format!("{extension}, {:?}: {announced:#?}\n", other.title);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
