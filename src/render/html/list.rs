//! The page of a list: what is open for objection, its current entries, its changes, its notice terms and feeds.

use maud::{Markup, PreEscaped, html};

use changecast_core::{
    model::{Fact, Timestamp},
    prose::{deadlines::term_text, messages::fill},
};

use super::{
    super::{FEEDS, Publication, PublishedList, announcement_page, filtered, list_title, sections_in_order, twins},
    filter, log,
    page::{Content, Page, Scripts, date, dated, with_markup},
    rows::{self, linked_text},
};

/// The page of a list, with a mark in place of its changes. Its change log continues on the pages of `years`.
pub(super) fn index(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    years: &[i32],
    mark: &'static str,
) -> String {
    let messages = publication.messages();
    let title = list_title(list);
    let page = Page {
        publication,
        list: Some(list),
        title: title.as_str(),
        heading: html! { bdi { (title) } },
        description: &fill(messages.description, &[&title, &publication.publisher.name]),
        home: "",
        release: list.newest(),
        scripts: Scripts::Filter,
        twin: Some(twins::LIST.to_owned()),
    };
    let facts = list.facts();
    let newest = list.as_of();
    let lead = html! {
        ul.facts {
            li { (count(publication, list)) }
            @if let Some(newest) = newest { li { (with_markup(messages.last_change, &date(messages, newest))) } }
            @if let Some(page) = list.page { li { a href=(page) { (messages.official_page) } } }
        }
        @for fact in facts.iter().filter(|fact| fact.field.as_str() == "description") { p.intro { (linked_text(&fact.text)) } }
        nav.jump aria-label=(messages.on_this_page) {
            ul {
                li { a href="#list" { (messages.the_list) } } li { a href="#changes" { (messages.changes) } }
                li { a href="#notice" { (messages.notice) } } li { a href="#subscribe" { (messages.subscribe) } }
                li { a href="verify.html" { (messages.verify) } }
            }
        }
    };
    let body = html! {
        (open_windows(publication, list))
        (filter::form(publication, list.current))
        section id="list" {
            h2 { (messages.the_list) }
            @match list.current {
                Some(inventory) => {
                    (section_links(publication, list))
                    (rows::sections(inventory, messages))
                },
                None => p { (messages.not_published) },
            }
            (statements(messages.about, facts.iter().copied().filter(|fact| fact.field.as_str() != "description")))
        }
        section id="changes" {
            h2 { (messages.changes) }
            @if let Some(newest) = newest {
                (log::open_month(messages, newest))
                (PreEscaped(mark))
                @if !years.is_empty() {
                    li.earlier { (messages.earlier) @for year in years { " " a href={ (year) ".html" } { (year) } } }
                }
                (log::close_month())
            }
            p.more { (messages.as_table) " " a href="changelog.md" { "Markdown" } ", " a href="changelog.csv" { "CSV" } }
        }
        section id="notice" {
            h2 { (messages.notice) }
            dl {
                @for fact in list.term_rows() {
                    dt { @match messages.term(fact.field.as_str()) { Some(label) => (label), None => (fact.label) } }
                    dd { @match term_text(messages, list.terms_in_force(), &fact.field) { Some(text) => (text), None => (contact(&fact)) } }
                }
            }
        }
        (subscribe(publication, list))
    };
    page.render(&Content { lead, body })
}

/// The changes that customers could object to when the page was written. It is the first thing on the page.
fn open_windows(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    let open = list.open_rows(messages);
    let contact = list.term_rows().into_iter().find(|fact| fact.field.as_str() == "notice.objection.contact");
    html! {
        @if let Some(newest) = list.as_of().filter(|_| !open.is_empty()) {
            section.open id="open" {
                h2 { (messages.open) }
                ul {
                    @for window in open {
                        li {
                            a href=(announcement_page(window.key)) { bdi { (window.subject) } }
                            " "
                            span { strong { (dated(&fill(messages.object_by, &[&window.object_by]))) } @if let Some(effective) = &window.effective { "; " (dated(effective)) } }
                        }
                    }
                }
                @if let Some(fact) = contact { p { (messages.send_objections) " " (self::contact(&fact)) } }
                p.note { (with_markup(messages.open_as_of, &date(messages, newest))) }
            }
        }
    }
}

/// A notice term. An e-mail address becomes a link.
fn contact(fact: &Fact) -> Markup {
    let text = fact.text.as_str();
    let is_address = fact.field.as_str() == "notice.objection.contact"
        && text.contains('@')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@.-_+".contains(&byte));
    if is_address {
        html! { a href={ "mailto:" (text) } { (text) } }
    } else {
        linked_text(&fact.text)
    }
}

/// The number of entries in words.
pub(super) fn count(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    html! {
        @match list.current {
            Some(inventory) => (messages.entries_in_words(inventory.entries.len())),
            None => (messages.not_published_short),
        }
    }
}

/// Links to the sections of a list that has several.
fn section_links(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let sections = list.current.map(sections_in_order).unwrap_or_default();
    html! {
        @if sections.len() > 3 {
            nav.jump aria-label=(publication.messages().sections) {
                ul { @for section in sections { li { a href={ "#s-" (section.id) } { bdi { (section.title) } } } } }
            }
        }
    }
}

fn statements<'a>(heading: &str, facts: impl Iterator<Item = &'a Fact>) -> Markup {
    let facts: Vec<&Fact> = facts.collect();
    html! {
        @if !facts.is_empty() {
            h3 { (heading) }
            dl { @for fact in facts { dt { (fact.label) } dd dir="auto" { (linked_text(&fact.text)) } } }
        }
    }
}

fn subscribe(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    html! {
        section id="subscribe" {
            h2 { (messages.subscribe) }
            p { (messages.feeds_intro) }
            ul.feeds {
                @for format in &FEEDS {
                    li { a.button href=(format.file) { (format.name) } " " code { (list.url(publication.base_url, format.file)) } }
                }
                @for feed in publication.feeds {
                    @let file = filtered::file(feed);
                    li { a.button href=(file) { "Atom: " (feed.id) } " " code { (list.url(publication.base_url, &file)) } }
                }
                li {
                    a.button href="calendar.ics" { (messages.calendar) } " "
                    span { (messages.calendar_about) " " code { (list.url(publication.base_url, "calendar.ics")) } }
                }
            }
        }
    }
}

/// The most kinds of changes that the title of a year names.
const IN_TITLE: usize = 4;

/// The page of a past year.
pub(super) fn year(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> String {
    let messages = publication.messages();
    let of_year: Vec<_> = list.newest_first().filter(|announcement| announcement.published.year() == year).collect();
    let counts = log::counts(messages, &of_year);
    let content: Vec<String> = counts.iter().take(IN_TITLE).map(|(word, count)| format!("{count} {word}")).collect();
    let title = fill(messages.year_title, &[&list_title(list), &year, &content.join(", ")]);
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "",
        release: of_year.first().and_then(|newest| list.signed_release(newest)),
        scripts: Scripts::Filter,
        twin: Some(twins::year_twin(year)),
    };
    let lead = html! { ul.facts { @for (word, count) in &counts { li { strong { (count) } " " (word) } } } };
    let older: Vec<Option<Timestamp>> =
        of_year.iter().skip(1).map(|older| Some(older.published)).chain([None]).collect();
    let items: String =
        of_year.iter().zip(older).map(|(announcement, older)| log::segment(publication, announcement, older)).collect();
    let body = html! {
        (filter::form(publication, None))
        section id="changes" {
            h2 { (messages.changes) }
            @if let Some(newest) = of_year.first() {
                (log::open_month(messages, newest.published))
                (PreEscaped(items))
                (log::close_month())
            }
        }
    };
    page.render(&Content { lead, body })
}
