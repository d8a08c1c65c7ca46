//! Why a page has no list, for the error.

use changecast_core::{compare::readable, vocabulary::Vocabulary};

use crate::read::{
    choose::{
        page_lists::{Fitness, names_things},
        page_parts::{Content, Found},
    },
    config::ReadingConfig,
    error::Problem,
    syntax::block::{Loop, link_text},
};

/// The largest number of tables and lists that an error describes.
const MAX_DESCRIBED: usize = 3;

/// Describes the content of a page, and why none of it is the list.
pub(crate) fn what_was_found(found: &[Found<'_>], options: &ReadingConfig) -> String {
    let mut message = match &options.tables[..] {
        [] => String::new(),
        names => format!("no table or list is under the heading {:?}; ", names.join(", ")),
    };
    if found.is_empty() {
        return message + "the page is prose, without a table or bullets";
    }
    let parts: Vec<String> = found.iter().take(MAX_DESCRIBED).map(|part| part.describe(options)).collect();
    message += &parts.join("; ");
    match found.len() - parts.len() {
        0 => message,
        more => format!("{message}; and {more} more"),
    }
}

/// The problem that a page only shows data of another file, if it has loops. Data of vendors come first.
pub(crate) fn rendered_data<'l>(loops: impl Iterator<Item = &'l Loop> + Clone) -> Option<Problem> {
    let words = Vocabulary::builtin();
    let about_vendors = loops.clone().find(|one| words.is_about_vendors(&readable(&one.data)));
    let chosen = about_vendors.or_else(|| loops.clone().next())?;
    Some(Problem::Rendered { data: chosen.data.clone(), file: chosen.file.clone() })
}

impl Found<'_> {
    /// Names the part, its line and heading, and why it is not the list.
    fn describe(&self, options: &ReadingConfig) -> String {
        let (kind, position, reason) = match &self.content {
            Content::Table(table) if self.is_past() => {
                ("the table", table.rows.first().map(|(at, _)| *at), "lists former vendors")
            }
            Content::Table(table) => {
                let reason = match Fitness::of(table, self, options) {
                    None => "is about something else or empty",
                    Some(_) => "has no column of names, and is not the only table",
                };
                ("the table", table.rows.first().map(|(at, _)| *at), reason)
            }
            Content::List(items) => {
                let reason = if names_things(items) {
                    "is not under a heading about vendors"
                } else {
                    "does not begin with names"
                };
                ("the list", items.first().map(|item| item.at), reason)
            }
            Content::Record(items) => {
                ("the description", items.first().map(|item| item.at), "is not under a heading about vendors")
            }
        };
        let line = position.map(|at| format!(" in line {}", at.line)).unwrap_or_default();
        let under = match self.heading() {
            "" => String::new(),
            heading => format!(" under {:?}", link_text(heading)),
        };
        format!("{kind}{line}{under} {reason}")
    }
}
