//! Why a page has no list, for the error.

use changecast_core::{compare::readable, vocabulary::Vocabulary};

use crate::read::{
    choose::{
        page_lists::{Decision, Verdict},
        page_parts::Content,
    },
    config::ReadingConfig,
    error::Problem,
    source_text::cleaned,
    syntax::block::Loop,
};

/// The largest number of tables and lists that an error describes.
const MAX_DESCRIBED: usize = 3;

/// Describes the content of a page, and why none of it is the list.
pub(crate) fn what_was_found(decisions: &[Decision<'_>], options: &ReadingConfig) -> String {
    let mut message = match &options.tables[..] {
        [] => String::new(),
        names => format!("no table or list is under the heading {:?}; ", names.join(", ")),
    };
    if decisions.is_empty() {
        return message + "the page is prose, without a table or bullets";
    }
    // What could be a list of vendors under another heading comes first.
    let (likely, unlikely): (Vec<&Decision<'_>>, Vec<&Decision<'_>>) =
        decisions.iter().partition(|decision| matches!(decision.verdict, Verdict::LeftOut(_)));
    let parts: Vec<String> = likely.into_iter().chain(unlikely).take(MAX_DESCRIBED).map(Decision::describe).collect();
    message += &parts.join("; ");
    match decisions.len() - parts.len() {
        0 => message,
        more => format!("{message}; and {more} more"),
    }
}

/// The problem that a page only shows data of another file, if it has loops. Data of vendors come first.
pub(crate) fn rendered_data<'l>(words: &Vocabulary, loops: impl Iterator<Item = &'l Loop> + Clone) -> Option<Problem> {
    let about_vendors = loops.clone().find(|one| words.is_about_vendors(&readable(&one.data)));
    let chosen = about_vendors.or_else(|| loops.clone().next())?;
    Some(Problem::Rendered { data: chosen.data.clone(), file: chosen.file.clone() })
}

impl Decision<'_> {
    /// Names the part, its line, its heading and its kind.
    pub fn describe(&self) -> String {
        let kind = match &self.part.found.content {
            Content::Table(_) => "the table",
            Content::List(_) => "the list",
            Content::Record(_) => "the description",
        };
        let line = self.part.at().map(|at| format!(" in line {}", at.line)).unwrap_or_default();
        let under = match self.part.found.heading() {
            "" => String::new(),
            heading => format!(" under {:?}", cleaned(heading)),
        };
        let reason = match self.verdict {
            Verdict::Chosen => "is the list, or a part of it",
            Verdict::Repeats => "repeats vendors of the list",
            Verdict::Excluded(reason) | Verdict::LeftOut(reason) => reason,
        };
        format!("{kind}{line}{under} {reason}")
    }
}
