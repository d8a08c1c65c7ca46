//! The layout that all pages share.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use changecast_core::{ledger::Pointer, model::Timestamp};

use super::super::{Publication, PublishedList, list_title};

pub(super) const STYLE: &str = include_str!("style.css");

/// A page without its body.
pub(super) struct Page<'a> {
    pub publication: &'a Publication<'a>,
    /// The list; `None` for a page about all lists.
    pub list: Option<&'a PublishedList<'a>>,
    pub title: &'a str,
    /// The title with its names isolated from the direction of the text around them.
    pub heading: Markup,
    pub description: &'a str,
    /// The relative path from the page to the folder of its list, or of the site.
    pub home: &'a str,
    /// The newest release that the page shows, for customers who compare it with the one that they know.
    pub release: Option<Pointer>,
}

impl Page<'_> {
    /// The visible header of the page, with its title.
    pub fn header(&self, lead: Markup) -> Markup {
        let publisher = self.publication.publisher;
        let unsigned = self.lists().any(super::is_unsigned);
        html! {
            header {
                p.publisher { a href=(publisher.url) { (publisher.name) } }
                h1.long[self.title.chars().count() > 60] { (self.heading) }
                p.lead { (lead) }
                @if unsigned { p.banner { "Unsigned preview: this page is not backed by a signed log." } }
            }
        }
    }

    fn lists(&self) -> impl Iterator<Item = &PublishedList<'_>> {
        let all = self.publication.lists.iter();
        all.filter(|list| self.list.is_none_or(|own| own.id == list.id))
    }

    /// The whole document around a body.
    pub fn render(&self, body: Markup) -> String {
        let publisher = self.publication.publisher;
        let document = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // No scripts, frames or foreign resources: the page contains texts of third parties.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
                    title { (self.title) }
                    meta name="description" content=(self.description);
                    meta name="generator" content="changecast";
                    // Feed readers use the first feed that they find: Atom.
                    @for (mime, file) in [("application/atom+xml", "feed.atom"), ("application/rss+xml", "feed.rss"), ("application/feed+json", "feed.json")] {
                        @for list in self.lists() {
                            link rel="alternate" type=(mime) title=(list_title(list)) href={ (self.to_list(list)) (file) };
                        }
                    }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (body)
                    footer {
                        @if let Some(release) = self.release { p { "As of " (release) "." } }
                        p {
                            "Published by " a href=(publisher.url) { (publisher.name) }
                            @if let Some(email) = &publisher.email { " \u{b7} " a href={ "mailto:" (email) } { (email) } }
                            ". This page is for information. Your agreement determines which notice applies."
                        }
                    }
                }
            }
        };
        document.into_string() + "\n"
    }

    fn to_list(&self, list: &PublishedList<'_>) -> String {
        if self.list.is_some() { self.home.to_owned() } else { format!("{}{}/", self.home, list.id) }
    }
}

/// A date, for people and programs.
pub(super) fn date(moment: Timestamp) -> Markup {
    html! { time datetime=(moment) { (moment.utc().format("%-d %B %Y")) } }
}
