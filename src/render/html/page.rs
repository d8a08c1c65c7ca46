//! The layout that all pages share.

use maud::{DOCTYPE, Markup, html};

use changecast_core::{
    ledger::Pointer,
    model::{Timestamp, WebUrl},
    prose::messages::{Messages, fill},
};

use super::super::{FEEDS, Publication, PublishedList, list_title};

/// A page without its content.
pub(super) struct Page<'a> {
    pub publication: &'a Publication<'a>,
    /// The list; `None` for a page about all lists.
    pub list: Option<&'a PublishedList<'a>>,
    pub title: &'a str,
    /// The title with its names isolated from the direction of the text around them.
    pub heading: Markup,
    pub description: &'a str,
    /// The relative path from the page to the folder of its list, or of the site: empty or `../`.
    pub home: &'static str,
    /// The newest release that the page shows, for customers who compare it with the one that they know.
    pub release: Option<Pointer>,
    pub scripts: Scripts,
    /// The same page as Markdown.
    pub twin: Option<String>,
}

/// The scripts of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scripts {
    None,
    /// The filter, which adds nothing but comfort.
    Filter,
}

/// What a page consists of.
pub(super) struct Content {
    /// What stands below the title.
    pub lead: Markup,
    pub body: Markup,
}

impl Page<'_> {
    fn messages(&self) -> &'static Messages {
        self.publication.messages()
    }

    /// The relative path from the page to the folder of the site: empty, `../` or `../../`.
    fn root(&self) -> &'static str {
        match (self.list, self.home) {
            (None, home) => home,
            (Some(_), "") => "../",
            (Some(_), _) => "../../",
        }
    }

    fn lists(&self) -> impl Iterator<Item = &PublishedList<'_>> {
        let all = self.publication.lists.iter();
        all.filter(|list| self.list.is_none_or(|own| own.id == list.id))
    }

    /// Whether the title needs smaller letters.
    fn is_long(&self) -> bool {
        const LONG: usize = 60;
        self.title.chars().count() > LONG
    }

    /// The whole document.
    pub fn render(&self, content: &Content) -> String {
        let publisher = self.publication.publisher;
        let messages = self.messages();
        let unsigned = self.lists().any(super::is_unsigned);
        let document = html! {
            (DOCTYPE)
            html lang=(messages.lang) {
                (self.head())
                body {
                    a.skip href="#main" { (messages.skip) }
                    header.bar {
                        div {
                            a.brand href=(publisher.url) {
                                @if let Some(logo) = &publisher.logo { img src=(logo) alt="" height="28"; " " }
                                span { (publisher.name) }
                            }
                            (self.crumbs())
                        }
                    }
                    main id="main" {
                        h1 class=[self.is_long().then_some("long")] { (self.heading) }
                        (content.lead)
                        @if unsigned { p.banner { (messages.unsigned) } }
                        (content.body)
                    }
                    (self.footer())
                }
            }
        };
        document.into_string() + "\n"
    }

    fn head(&self) -> Markup {
        let publisher = self.publication.publisher;
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(self.policy());
                title { (self.title) }
                meta name="description" content=(self.description);
                meta name="generator" content="changecast";
                // Feed readers use the first feed that they find: Atom.
                @if self.list.is_none() {
                    link rel="alternate" type="application/atom+xml" title=(self.title) href=(super::super::atom::NAME);
                }
                @for format in &FEEDS {
                    @for list in self.lists() {
                        link rel="alternate" type=(format.mime) title=(list_title(list)) href={ (self.to_list(list)) (format.file) };
                    }
                }
                @if let Some(twin) = &self.twin { link rel="alternate" type="text/markdown" href=(twin); }
                @if let Some(icon) = &publisher.favicon { link rel="icon" href=(icon); }
                link rel="stylesheet" href={ (self.root()) (super::STYLE_FILE) };
                @if self.scripts == Scripts::Filter { script src={ (self.root()) (super::SCRIPT_FILE) } defer {} }
            }
        }
    }

    /// The content security policy. The page contains texts of third parties: apart from its style sheet, its script
    /// and the images of the publisher nothing is loaded, and nothing is sent.
    fn policy(&self) -> String {
        let publisher = self.publication.publisher;
        let mut policy = "default-src 'none'; connect-src 'none'; style-src 'self'".to_owned();
        if self.scripts == Scripts::Filter {
            policy.push_str("; script-src 'self'");
        }
        let images: Vec<String> =
            [&publisher.logo, &publisher.favicon].into_iter().flatten().map(WebUrl::origin).collect();
        if !images.is_empty() {
            policy.push_str(&format!("; img-src {}", images.join(" ")));
        }
        policy + "; base-uri 'none'; form-action 'none'"
    }

    /// The way up: to all lists, and from a page about a part of a list to the list.
    fn crumbs(&self) -> Markup {
        let messages = self.messages();
        let is_index = self.home.is_empty() && self.list.is_some_and(|list| list_title(list).as_str() == self.title);
        html! {
            @if let Some(list) = self.list {
                nav aria-label=(messages.breadcrumb) {
                    ol.crumbs {
                        li { a href={ (self.root()) "index.html" } { (messages.all_lists) } }
                        @if is_index { li { span aria-current="page" { bdi { (list_title(list)) } } } }
                        @else { li { a href={ (self.home) "index.html" } { bdi { (list_title(list)) } } } }
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        let publisher = self.publication.publisher;
        let messages = self.messages();
        html! {
            footer {
                div {
                    p {
                        (messages.published_by) " " a href=(publisher.url) { (publisher.name) }
                        @if let Some(email) = &publisher.email { " \u{b7} " a href={ "mailto:" (email) } { (email) } }
                        @if self.list.is_some() { " \u{b7} " a href={ (self.home) "verify.html" } { (messages.auditors) } }
                    }
                    p { (messages.disclaimer) }
                    @if let Some(release) = self.release { p { (fill(messages.as_of, &[&release])) } }
                }
            }
        }
    }

    fn to_list(&self, list: &PublishedList<'_>) -> String {
        if self.list.is_some() { self.home.to_owned() } else { format!("{}{}/", self.home, list.id) }
    }
}

/// A date, for people and programs.
pub(super) fn date(messages: &Messages, moment: Timestamp) -> Markup {
    html! { time datetime=(moment) { (messages.day(moment)) } }
}

/// A text whose dates are not divided behind one of their hyphens.
pub(super) fn dated(text: &str) -> Markup {
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @if is_date(word) { span.date { (word) } } @else { (word) }
        }
    }
}

/// Whether a word begins like a date (ISO 8601): "2026-07-15", "2026-Q4".
fn is_date(word: &str) -> bool {
    let Some((year, _)) = word.split_once('-') else { return false };
    year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit())
}

/// A message with one value that has markup.
pub(super) fn with_markup(message: &str, value: &Markup) -> Markup {
    let (before, after) = message.split_once("{}").unwrap_or((message, ""));
    html! { (before) (value) (after) }
}
