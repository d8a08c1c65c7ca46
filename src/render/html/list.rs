//! The page of a list: its current entries, notice terms and change log, and how to subscribe and verify.

use maud::{Markup, Render, html};

use changecast_core::prose;
use changecast_core::{
    compare::Status,
    model::{Column, Entry, Fact, Inventory, RichText, Role, Section, Span, Text, WebUrl, without_footnote_marks},
    vocabulary::Vocabulary,
};

use super::{
    super::{LogStatus, Publication, PublishedList, announcement_page, list_title},
    page::{Page, date},
};

/// The page of a list. Its change log continues on the pages of `years`.
pub(super) fn index(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    years: &[i32],
    change_log: &impl Render,
) -> String {
    let title = list_title(list);
    let description = format!("{title} of {}: the current list, and every change to it.", publication.publisher.name);
    let heading = html! { (title) };
    let page = Page {
        publication,
        list: Some(list),
        title: title.as_str(),
        heading,
        description: &description,
        home: "./",
        release: list.newest(),
    };
    let facts = list.facts();
    let newest = list.newest_first().next();
    let lead = html! {
        (count(list))
        @if let Some(newest) = newest { " \u{b7} last change " (date(newest.published)) }
        @if let Some(page) = list.page { " \u{b7} " a href=(page) { "official page" } }
    };
    let body = html! {
        (page.header(lead))
        nav aria-label="On this page" {
            ul.jump {
                li { a href="#list" { "The list" } } li { a href="#changes" { "Changes" } }
                li { a href="#subscribe" { "Subscribe" } } li { a href="#verify" { "Verify" } }
            }
        }
        main {
            (open_windows(list))
            @for fact in facts.iter().filter(|fact| fact.field.as_str() == "description") { p { (linked_text(&fact.text)) } }
            section id="list" {
                h2 { "The list" }
                @match list.current {
                    Some(inventory) => (sections(inventory)),
                    None => p { "This list is currently not published." },
                }
                (statements("About this list", facts.iter().copied().filter(|fact| fact.field.as_str() != "description")))
                (statements("Notice and objection", list.term_rows().iter()))
            }
            section id="changes" {
                h2 { "Changes" }
                ol.log { (change_log) }
                @if !years.is_empty() {
                    p.more { "Earlier: " @for (at, year) in years.iter().enumerate() { @if at > 0 { ", " } a href={ (year) ".html" } { (year) } } }
                }
                p.more { "As a table: " a href="changelog.md" { "Markdown" } ", " a href="changelog.csv" { "CSV" } }
            }
            (subscribe(publication, list))
            (verify(publication, list))
        }
    };
    page.render(body)
}

/// The changes that customers could object to when the page was written. It is the first thing on the page.
fn open_windows(list: &PublishedList<'_>) -> Markup {
    let open = list.open_windows();
    html! {
        @if let Some(newest) = list.as_of().filter(|_| !open.is_empty()) {
            section id="open" {
                h2 { "Open for objection" }
                p.note { "Deadlines that had not passed on " (date(newest)) ", the date of the last change." }
                dl {
                    @for (item, date) in open {
                        dt { a href=(announcement_page(&item.key)) { bdi { (item.subject) } } }
                        dd { "Object by " (date.shown) @if let Some(effective) = &item.effective { "; effective " (effective.shown) } }
                    }
                }
            }
        }
    }
}

/// The number of entries in words.
pub(super) fn count(list: &PublishedList<'_>) -> Markup {
    html! {
        @match list.current {
            Some(inventory) => (prose::count_entries(inventory.entries.len())),
            None => "Currently not published",
        }
    }
}

fn sections(inventory: &Inventory) -> Markup {
    // Sections in the order of their first entries.
    let mut sections: Vec<&Section> = inventory.filled_sections().collect();
    sections.sort_by_key(|section| inventory.entries.iter().position(|entry| entry.section == section.id));
    html! {
        @for section in sections {
            @let entries: Vec<&Entry> = inventory.entries.iter().map(|entry| &**entry).filter(|entry| entry.section == section.id).collect();
            @if !section.title.is_empty() { h3 { (section.title) } }
            @if !section.note.is_empty() { p.note { (linked_text(&section.note)) } }
            (table(inventory, &entries))
        }
    }
}

/// The list as HTML tables, for pages that exist already.
pub(in super::super) fn tables(inventory: Option<&Inventory>) -> String {
    inventory.map(sections).unwrap_or_default().into_string()
}

fn table(inventory: &Inventory, entries: &[&Entry]) -> Markup {
    let columns: Vec<&Column> = inventory
        .columns
        .iter()
        .filter(|column| entries.iter().any(|entry| entry.text(&column.field).is_some()))
        .collect();
    html! {
        div.scroll {
            table.rows {
                thead { tr { th scope="col" { "Name" } @for column in &columns { th scope="col" { (column.label) } } } }
                tbody {
                    @for entry in entries {
                        tr {
                            th scope="row" { bdi { (entry.name) } }
                            @for column in &columns {
                                @match entry.markdown(&column.field) {
                                    Some(text) => td dir="auto" data-label=(column.label) { (cell(column.role, text)) },
                                    None => td {},
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A cell by its role: addresses become links, statuses are marked.
pub(super) fn cell(role: Role, text: &Text) -> Markup {
    match role {
        Role::Link => match WebUrl::new(text.as_str()) {
            Ok(url) => {
                html! { a href=(url) rel="nofollow noopener" { (text.as_str().trim_start_matches("https://")) } }
            }
            Err(_) => html! { (text) },
        },
        Role::Effective => html! { span.date { (text) } },
        Role::Status => {
            html! { span.status.active[Status::read(Vocabulary::builtin(), text.as_str()).is_active()] { (text) } }
        }
        _ => linked_text(text),
    }
}

/// A text with its links. A link becomes active only if it leads to a web address and its text is not an address
/// itself, which could be another one.
pub(super) fn linked_text(text: &Text) -> Markup {
    html! {
        @for Span { text, href } in RichText::from_inline_markdown(text.as_str()).spans() {
            @match (href, href.map(WebUrl::new)) {
                (_, Some(Ok(url))) if !looks_like_address(text) => a href=(url) rel="nofollow noopener" { (text) },
                (Some(href), _) => { (text) " (" (href) ")" },
                (None, _) => (without_footnote_marks(text)),
            }
        }
    }
}

fn looks_like_address(words: &str) -> bool {
    words.contains("://") || words.contains("www.")
}

fn statements<'a>(heading: &str, facts: impl Iterator<Item = &'a Fact>) -> Markup {
    let facts: Vec<&Fact> = facts.collect();
    html! {
        @if !facts.is_empty() {
            h3 { (heading) }
            dl { @for fact in facts { dt { (fact.label) } dd { (linked_text(&fact.text)) } } }
        }
    }
}

fn subscribe(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    html! {
        section id="subscribe" {
            h2 { "Subscribe" }
            p { "Each change to this list is one entry in its feeds. Give one of these addresses to a feed reader, to a chat tool or to a service that mails feeds:" }
            dl {
                @for (name, file) in [("Atom", "feed.atom"), ("RSS", "feed.rss"), ("JSON Feed", "feed.json")] {
                    dt { (name) } dd { a href=(file) { code { (list.url(publication.base_url, file)) } } }
                }
            }
            p {
                "A calendar with the last day to object and the effective date of each change: "
                a href="calendar.ics" { code { (list.url(publication.base_url, "calendar.ics")) } }
            }
        }
    }
}

fn verify(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    html! {
        section id="verify" {
            h2 { "Verify" }
            @match &list.log {
                LogStatus::Unsigned => p { "This is an unsigned preview. Only signed lists can be verified." },
                LogStatus::Signed { origin, root, release, .. } => {
                    p {
                        "Every change is a document in a signed log, and each document is chained to the previous one. With the root key, "
                        code { "changecast verify" } " checks that the log is authentic and consistent. This script does the same "
                        "with ssh-keygen and jq. Keep the root key, the script and the log: only an older copy shows whether the "
                        "publisher replaced the whole log."
                    }
                    pre tabindex="0" { code {
                        @if let Some(key) = root.first() { "echo '" (key) "' > root.pub\n" }
                        "curl -fsSO '" (list.url(publication.base_url, "{index.json,list.json,verify.sh}")) "'\n"
                        "curl -fsS --create-dirs -o 'head/#1.json#2' \""
                        (list.url(publication.base_url, "head/[000000-$(jq .head index.json)].json{,.sig}")) "\"\n"
                        "curl -fsS --create-dirs -o 'log/#1.json#2' \""
                        (list.url(publication.base_url, "log/[000000-$(jq .release index.json)].json{,.sig}")) "\"\n"
                        "curl -fsS -o 'log/#1.body.json' \""
                        (list.url(publication.base_url, "log/[000001-$(jq .release index.json)].body.json")) "\"\n"
                        "sh verify.sh root.pub " (origin) "\n"
                    } }
                    p { "A single document, with ssh-keygen:" }
                    pre tabindex="0" { code {
                        @for key in release { "echo '" (origin) " namespaces=\"release.v1@changecast\" " (key) "' > allowed_signers\n" }
                        "ssh-keygen -Y verify -f allowed_signers -I " (origin) " -n release.v1@changecast \\\n"
                        "  -s log/000001.json.sig < log/000001.json\n"
                    } }
                    dl {
                        dt { "Log" } dd { code { (origin) } }
                        @for key in root { dt { "Root key" } dd { code { (key) } } }
                        @for key in release { dt { "Release key" } dd { code { (key) } } }
                        dt { "Files" } dd { a href="list.json" { "list.json" } ", " a href="index.json" { "index.json" } ", " a href="verify.sh" { "verify.sh" } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_texts_cannot_hide_another_address() {
        for (text, html) in [
            (
                "see [terms](https://a.example/t)",
                r#"see <a href="https://a.example/t" rel="nofollow noopener">terms</a>"#,
            ),
            ("[https://bank.example](https://a.example)", "https://bank.example (https://a.example)"),
            // Addresses of unsafe schemes are dropped when the text is read.
            ("[x](javascript:alert(1))", "x"),
            ("[<b>](/dpa)[^2] & more", "&lt;b&gt; (/dpa) &amp; more"),
        ] {
            assert_eq!(linked_text(&text.into()).into_string(), html);
        }
    }
}
