//! What `follow` prints: the new changes of each vendor as a table, as JSON or in one line.

use changecast::{
    follow::{self, Followed},
    observe::{Condition, Observed},
    render::{self, VendorRow},
};
use changecast_core::{ledger::Pointer, model::Timestamp};
use serde_json::{Value, json};

use super::{
    Failure, console,
    follow::{Args, Criticality, Format, Looked, Source, Vendor},
    follow_news::{NewChange, News, pointer, remark},
};

/// The result for one vendor.
pub struct Report {
    name: String,
    location: String,
    criticality: Option<Criticality>,
    looked: Result<Looked, Failure>,
    found: Found,
}

/// The report on one vendor.
#[derive(Default)]
struct Found {
    news: Vec<News>,
    remarks: Vec<String>,
    /// Why the log cannot be relied on: its newest head has expired.
    stale: Option<Failure>,
}

impl Report {
    /// The report of a vendor that was followed, or could not be.
    pub fn of(vendor: &Vendor, looked: Result<Looked, Failure>, now: Timestamp) -> Self {
        let Vendor { name, criticality, source, .. } = vendor;
        let location = match source {
            Source::Log(log) => log.location.clone(),
            Source::Page(page) => page.clone.display().to_string(),
        };
        let mut found = match &looked {
            Ok(Looked::Log(followed)) => Found::in_log(name, followed, now),
            Ok(Looked::Page(observed)) => Found::on_page(observed),
            Err(_) => Found::default(),
        };
        found.remarks.extend(found.news.iter().flat_map(News::unknown_kinds));
        Report { name: name.clone(), location, criticality: criticality.clone(), looked, found }
    }

    /// The exit status for this vendor, whatever is new.
    pub fn status(&self) -> u8 {
        match (&self.looked, &self.found.stale) {
            (Err(failure), _) | (Ok(_), Some(failure)) => failure.code(),
            (Ok(Looked::Page(observed)), None) => u8::from(matches!(observed.condition, Condition::Unreadable(_))),
            (Ok(Looked::Log(_)), None) => 0,
        }
    }

    /// Whether the vendor could not be followed for this reason.
    pub fn states(&self, failure: &Failure) -> bool {
        self.looked.as_ref().is_err_and(|stated| stated.to_string() == failure.to_string())
    }

    /// Whether customers can object to something new.
    pub fn has_notice(&self) -> bool {
        self.found.news.iter().any(|news| news.notices() > 0)
    }

    /// One line that states the result.
    fn line(&self) -> String {
        let (name, is_first, basis) = match &self.looked {
            Ok(Looked::Log(followed)) => {
                let (origin, newest) = follow::newest(&followed.state);
                let newest = newest.map_or_else(|| "no release".to_owned(), |newest| newest.to_string());
                (origin.to_string(), followed.seen.is_none(), newest)
            }
            Ok(Looked::Page(observed)) => {
                let commit = observed.seen.commit.short();
                (self.name.clone(), observed.is_first, format!("commit {commit}, not signed"))
            }
            Err(failure) => return format!("{}: {failure}", self.name),
        };
        let changes: usize = self.found.news.iter().map(|news| news.of_list().len()).sum();
        let notices: usize = self.found.news.iter().map(News::notices).sum();
        let result = match (is_first, changes) {
            (true, _) => "followed from now on".to_owned(),
            (false, 0) => "no new changes".to_owned(),
            (false, 1) => format!("1 new change, {notices} of level notice"),
            (false, _) => format!("{changes} new changes, {notices} of level notice"),
        };
        let criticality = self.criticality.as_ref().map_or_else(String::new, |words| format!(" [{}]", words.text));
        format!("{name}{criticality}: {result}; {basis}")
    }

    fn json(&self) -> Value {
        let mut value = json!({
            "name": self.name, "location": self.location, "remarks": self.found.remarks, "status": self.status(),
        });
        if let Some(criticality) = &self.criticality {
            criticality.add_to(&mut value);
        }
        if let Some(stale) = &self.found.stale {
            value["error"] = json!(stale.to_string());
        }
        match &self.looked {
            Err(failure) => {
                value["error"] = json!(failure.to_string());
                return value;
            }
            Ok(Looked::Log(followed)) => {
                let (origin, newest) = follow::newest(&followed.state);
                value["origin"] = json!(origin.to_string());
                value["first_contact"] = json!(followed.seen.is_none());
                value["release"] = newest.map_or(Value::Null, |newest: Pointer| pointer(newest));
                if let Ok(head) = followed.state.head() {
                    let expires = head.expires.map(|time| time.to_string());
                    value["head"] = json!({ "number": head.number, "at": head.at.to_string(), "expires": expires });
                }
            }
            Ok(Looked::Page(observed)) => {
                value["first_contact"] = json!(observed.is_first);
                value["commit"] = json!(observed.seen.commit);
                let (word, detail) = match &observed.condition {
                    Condition::Readable => ("readable", None),
                    Condition::Unreadable(reason) => ("unreadable", Some(reason.clone())),
                    Condition::Alternating(_) => ("alternating", condition(&observed.condition)),
                };
                value["page"] = json!({ "state": word, "detail": detail });
            }
        }
        value["news"] = self.found.news.iter().map(News::json).collect();
        value
    }
}

impl Found {
    fn in_log(name: &str, followed: &Followed, now: Timestamp) -> Self {
        let mut found = Found { remarks: followed.remarks.clone(), ..Found::default() };
        let deleted = followed.deleted.iter();
        found
            .remarks
            .extend(deleted.map(|seq| format!("the copy of release {seq} was deleted, as a redaction requires")));
        if let (Some(verified), Some(seen)) = (&followed.verified, followed.seen) {
            let new = verified.releases.iter().filter(|release| release.header.seq >= seen);
            found.remarks.extend(new.filter_map(remark));
            found.news = News::of_releases(verified, seen);
        }
        let fresh = follow::check_fresh(&followed.state, now);
        found.stale = fresh.err().map(|error| Failure::verify_named(name, error));
        found
    }

    fn on_page(observed: &Observed) -> Self {
        let remarks = observed.remarks.iter().cloned().chain(condition(&observed.condition));
        let news = observed.news.iter().filter_map(|news| News::of_observation(news).ok());
        Found { news: news.collect(), remarks: remarks.collect(), stale: None }
    }
}

/// The state of a page without an announced change.
fn condition(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Readable => None,
        Condition::Unreadable(reason) => {
            Some(format!("the page cannot be read, so its list counts as unchanged: {reason}"))
        }
        Condition::Alternating(variants) => Some(format!(
            "the page shows {variants} lists in turn; it counts as unchanged until one of them stays for a month"
        )),
    }
}

/// Prints the results on standard output, and errors and remarks on standard error.
pub fn print(reports: &[Report], args: &Args) -> Result<(), Failure> {
    for report in reports {
        if let Some(failure) = report.looked.as_ref().err().or(report.found.stale.as_ref()) {
            failure.print();
        }
        for remark in &report.found.remarks {
            console::warning(&format!("{}: {remark}", report.name));
        }
    }
    let text = match args.format {
        Format::Json => {
            let logs: Vec<Value> = reports.iter().map(Report::json).collect();
            serde_json::to_string_pretty(&json!({ "logs": logs }))? + "\n"
        }
        Format::Line => reports.iter().map(|report| console::visible(&report.line()) + "\n").collect(),
        Format::Table => table(reports, args.list.is_some()),
    };
    console::data(text.as_bytes())
}

/// One line for each vendor, and then one table of all changes, the newest first; `are_named` adds the vendor to each.
fn table(reports: &[Report], are_named: bool) -> String {
    let done = reports.iter().filter(|report| report.looked.is_ok());
    let mut text: String = done.clone().map(|report| console::visible(&report.line()) + "\n").collect();
    let mut news: Vec<(&Report, &News)> =
        done.flat_map(|report| report.found.news.iter().rev().map(move |news| (report, news))).collect();
    news.sort_by_key(|(_, news)| std::cmp::Reverse(news.published));
    if are_named {
        let rows: Vec<VendorRow<'_>> = news
            .iter()
            .map(|(report, news)| VendorRow {
                vendor: &report.name,
                is_highlighted: report.criticality.as_ref().is_some_and(|words| words.is_highlighted),
                row: news.row(),
            })
            .collect();
        text.push_str(&render::terminal_vendors(&rows, console::style()));
    } else {
        let rows: Vec<_> = news.iter().map(|(_, news)| news.row()).collect();
        text.push_str(&render::terminal_change_log(&rows, console::style()));
    }
    let deadlines = news.iter().flat_map(|(report, news)| {
        let name = if are_named { format!("{}: ", report.name) } else { String::new() };
        news.of_list().iter().filter_map(move |change| deadline(change, &name))
    });
    text.extend(deadlines.map(|line| console::visible(&line)));
    text
}

/// A line with the last day for objections.
fn deadline(change: &NewChange, name: &str) -> Option<String> {
    let day = change.object_by.as_ref()?;
    Some(format!("Object by {day}: {name}{}\n", change.sentence()))
}
