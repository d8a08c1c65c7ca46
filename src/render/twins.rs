//! The pages as Markdown, for programs that read text: next to each page of a list and of a change, and `llms.txt`
//! about all of them.

use changecast_core::{
    model::{Text, Timestamp},
    prose::{
        self,
        deadlines::term_text,
        messages::{Messages, fill},
    },
};

use super::{
    Announcement, ChangeLogRow, File, LogStatus, MainFeed, Publication, PublishedList, RenderError, atom, calendar,
    corrections, list_title,
    markdown::{change_log, escape, inline, list_tables, open_windows, paragraph},
    published::{Verification, older_years},
};

/// The index of all Markdown pages (llmstxt.org).
pub(super) const INDEX: &str = "llms.txt";
/// The list's page as Markdown.
pub(super) const LIST: &str = "index.md";

/// The page for auditors as Markdown.
pub(super) const VERIFY: &str = "verify.md";

/// The page of a past year as Markdown.
pub(super) fn year_twin(year: i32) -> String {
    format!("{year}.md")
}

/// The path of an announcement's page as Markdown in its list's folder.
pub(super) fn announcement_twin(key: &str) -> String {
    format!("changes/{key}.md")
}

/// `llms.txt`: all lists with their Markdown pages and feeds.
pub(super) fn index(publication: &Publication<'_>) -> File {
    let messages = publication.messages();
    let title = fill(messages.lists_title, &[&publication.publisher.name]);
    let mut out = format!("# {}\n\n> {}\n", escape(&title), messages.lists_lead);
    out.push('\n');
    for (name, file) in [(messages.feed_of_all, atom::NAME), (messages.calendar_of_all, calendar::NAME)] {
        out.push_str(&format!("- [{name}]({})\n", publication.base_url.join(file)));
    }
    for list in &publication.lists {
        out.push_str(&format!("\n## {}\n\n", escape(list_title(list).as_str())));
        for (name, file) in [
            (messages.the_list, LIST),
            (messages.changes, "changelog.md"),
            ("JSON Feed", "feed.json"),
            (messages.calendar, "calendar.ics"),
            (messages.verify, VERIFY),
        ] {
            out.push_str(&format!("- [{name}]({})\n", list.url(publication.base_url, file)));
        }
    }
    File::new(INDEX, out)
}

/// The list's page and the pages of new announcements as Markdown.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    _: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let mut files = vec![
        File::new(format!("{}/{LIST}", list.id), list_page(publication, list)),
        File::new(format!("{}/{VERIFY}", list.id), verify_page(publication, list)),
    ];
    if list.rendered.is_none() {
        let newest = list.as_of().unwrap_or(Timestamp::from_unix_clamped(0));
        let years = older_years(list.dates(), newest).into_iter();
        files.extend(
            years.map(|year| File::new(format!("{}/{}", list.id, year_twin(year)), year_page(publication, list, year))),
        );
    }
    let corrections = corrections::by_key(list);
    files.extend(list.fresh().iter().map(|announcement| {
        let path = format!("{}/{}", list.id, announcement_twin(&announcement.key));
        let corrections = corrections.get(&*announcement.key).map(Vec::as_slice).unwrap_or_default();
        File::new(path, announcement_page(publication, list, announcement, corrections))
    }));
    Ok(files)
}

/// The list with its statements, what is open for objection, and its notice terms. The change log is in a file of its
/// own.
fn list_page(publication: &Publication<'_>, list: &PublishedList<'_>) -> String {
    let messages = publication.messages();
    let mut out = head(messages, list, list_title(list).as_str());
    if let Some(newest) = list.newest() {
        out.push_str(&format!("{}\n\n", fill(messages.as_of, &[&newest])));
    }
    out.push_str(&open_windows(messages, list));
    for fact in list.facts() {
        out.push_str(&format!("{}: {}\n\n", paragraph(fact.label.as_str()), text(&fact.text)));
    }
    out.push_str(&format!("## {}\n\n", messages.the_list));
    match list.current {
        Some(inventory) => out.push_str(&list_tables(messages, inventory)),
        None => out.push_str(&format!("{}\n\n", messages.not_published)),
    }
    out.push_str(&format!("## {}\n\n", messages.notice));
    for fact in list.term_rows() {
        let label = messages.term(fact.field.as_str()).unwrap_or(fact.label.as_str());
        let own = term_text(messages, list.terms_in_force(), &fact.field);
        out.push_str(&format!("- {}: {}\n", escape(label), own.unwrap_or_else(|| text(&fact.text))));
    }
    out.push_str(&format!("\n{}: [changelog.md](changelog.md)\n", messages.changes));
    out
}

/// The changes of a past year.
fn year_page(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> String {
    let messages = publication.messages();
    let of_year = list.newest_first().filter(|announcement| announcement.published.year() == year);
    let rows: Vec<ChangeLogRow<'_>> = of_year.map(Announcement::row).collect();
    head(messages, list, &format!("{}: {year}", list_title(list))) + &change_log(messages, &rows)
}

/// The keys of the log, and the commands that verify it.
fn verify_page(publication: &Publication<'_>, list: &PublishedList<'_>) -> String {
    let messages = publication.messages();
    let mut out = head(messages, list, &fill(messages.verify_title, &[&list_title(list)]));
    let Some(Verification { origin, root, release, whole, one }) = list.verification(publication) else {
        return out + &format!("{}\n", messages.cannot_verify);
    };
    out.push_str(&format!(
        "{} `changecast verify` {}\n\n```sh\n{whole}```\n\n{}\n\n```sh\n{one}```\n\n",
        messages.verify_intro, messages.verify_script, messages.verify_one
    ));
    out.push_str(&format!("- {}: `{origin}`\n", messages.log));
    out.extend(root.iter().map(|key| format!("- {}: `{key}`\n", messages.root_key)));
    out.extend(release.iter().map(|key| format!("- {}: `{key}`\n", messages.release_key)));
    out
}

fn announcement_page(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    announcement: &Announcement,
    corrections: &[&Announcement],
) -> String {
    let messages = publication.messages();
    let title = prose::title(messages, list_title(list).as_str(), &announcement.changes);
    let mut out = head(messages, list, &title);
    let stated = if announcement.backfilled.is_some() { messages.committed } else { messages.published };
    out.push_str(&format!("{stated}: {}\n\n", announcement.published));
    if let Some(first) = announcement.backfilled {
        out.push_str(&format!("{}\n\n", fill(messages.backfilled, &[&messages.day(first)])));
    }
    for correction in corrections {
        let corrected = fill(messages.was_corrected, &[&messages.day(correction.published)]);
        out.push_str(&format!("**{corrected}** [{}]({}.md)\n\n", messages.correction, correction.key));
    }
    for sentence in announcement.sentences(messages) {
        out.push_str(&format!("- {}\n", inline(sentence)));
    }
    out.push('\n');
    if let Some(corrected) = &announcement.corrects {
        out.push_str(&format!("[{}]({corrected}.md)\n\n", messages.corrected_change));
    }
    out.push_str(&format!("[{}](../{LIST})\n", messages.current_link));
    if let Some(release) = list.signed_release(announcement) {
        out.push_str(&format!("\n{}\n", fill(messages.as_of, &[&release])));
    }
    out
}

fn head(messages: &Messages, list: &PublishedList<'_>, title: &str) -> String {
    let mut out = format!("# {}\n\n", escape(title));
    if list.log == LogStatus::Unsigned {
        out.push_str(&format!("**{}**\n\n", messages.unsigned));
    }
    out
}

/// A text without its markup.
fn text(text: &Text) -> String {
    escape(&changecast_core::model::to_plain_text(text.as_str()))
}
