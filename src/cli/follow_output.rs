//! `follow --list --output`: one feed, one calendar and one JSON file with everything that is remembered of all vendors, whatever
//! could not be fetched in this run.

use std::{fs, path::Path};

use changecast::{
    follow, observe,
    observe::Observation,
    output,
    publish::{self, Announced},
    render::vendors::{self as merged, VendorDeadline, VendorEntry},
};
use changecast_core::{change::Change, ledger::Pin, model::Timestamp};
use serde_json::{Value, json};

use super::{
    Failure,
    follow::{Log, Source, Vendor},
    follow_news::News,
    logs::is_address,
};

/// The remembered news of a vendor.
struct Remembered<'a> {
    vendor: merged::Vendor<'a>,
    json: Value,
}

/// Writes the files. Returns why the state of a vendor cannot be used, for each vendor of which this is true: the files name
/// such a vendor, and are complete for the others.
///
/// # Errors
/// [`Failure`] if a file cannot be written.
pub fn write(folder: &Path, vendors: &[Vendor], now: Timestamp) -> Result<Vec<Option<Failure>>, Failure> {
    let (mut failures, mut merged, mut json) = (Vec::new(), Vec::new(), Vec::new());
    for vendor in vendors {
        let (remembered, failure) = match vendor.remembered(now) {
            Ok(remembered) => (remembered, None),
            Err(failure) => (vendor.damaged(&failure), Some(failure)),
        };
        failures.push(failure);
        merged.push(remembered.vendor);
        json.push(remembered.json);
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let json = serde_json::to_string_pretty(&json!({ "vendors": json }))? + "\n";
    for (name, text) in
        [("feed.atom", merged::feed(&merged)?), ("calendar.ics", merged::calendar(&merged)), ("vendors.json", json)]
    {
        output::replace(&folder.join(name), text.as_bytes())?;
    }
    Ok(failures)
}

impl Vendor {
    fn nothing_remembered(&self) -> Remembered<'_> {
        let mut remembered = Remembered {
            vendor: merged::Vendor {
                name: &self.name,
                criticality: self.criticality.as_ref().map(|words| words.text.as_str()),
                is_highlighted: self.criticality.as_ref().is_some_and(|words| words.is_highlighted),
                entries: Vec::new(),
                deadlines: Vec::new(),
            },
            json: json!({ "name": self.name, "changes": [] }),
        };
        if let Some(criticality) = &self.criticality {
            criticality.add_to(&mut remembered.json);
        }
        remembered
    }

    /// A vendor whose state cannot be used.
    fn damaged(&self, failure: &Failure) -> Remembered<'_> {
        let mut remembered = self.nothing_remembered();
        remembered.json["error"] = json!(failure.to_string());
        remembered
    }

    /// The content of the state.
    fn remembered(&self, now: Timestamp) -> Result<Remembered<'_>, Failure> {
        let mut remembered = self.nothing_remembered();
        match &self.source {
            Source::Log(log) => self.add_log(&mut remembered, log, now)?,
            Source::Page(_) => self.add_page(&mut remembered)?,
        }
        Ok(remembered)
    }

    fn add_log(&self, remembered: &mut Remembered<'_>, log: &Log, now: Timestamp) -> Result<(), Failure> {
        let Some(state) = follow::load(&self.state).map_err(|error| self.failed(error))? else { return Ok(()) };
        let pin = Pin { root: state.root.clone(), origin: Some(state.origin.clone()) };
        let Announced { verified, announcements, agenda } =
            publish::announcements(&state, &pin, now).map_err(|error| self.failed(error))?;
        let origin = verified.origin.as_str();
        let home = is_address(&log.location).then(|| format!("{}/", log.location.trim_end_matches('/')));
        let log = (&*self.name, origin);
        let entries = announcements.iter().map(|found| VendorEntry::of_announcement(log, found, home.as_deref()));
        remembered.vendor.entries.extend(entries);
        remembered.vendor.deadlines = VendorDeadline::of_agenda(log, &agenda);
        remembered.json["origin"] = json!(origin);
        remembered.json["changes"] = News::of_releases(&verified, 0).iter().map(News::json).collect();
        Ok(())
    }

    fn add_page(&self, remembered: &mut Remembered<'_>) -> Result<(), Failure> {
        let seen = observe::load(&self.state).map_err(|error| self.failed(error))?;
        let observations = seen.map(|seen| seen.observations).unwrap_or_default();
        for observation in &observations {
            self.add_observation(&mut remembered.vendor, observation);
        }
        let news = observations.iter().map(|observation| Ok(News::of_observation(observation)?.json()));
        remembered.json["changes"] = news.collect::<Result<_, serde_json::Error>>()?;
        Ok(())
    }

    fn add_observation(&self, vendor: &mut merged::Vendor<'_>, observation: &Observation) {
        let Observation { from, to, observed, .. } = observation;
        let basis = format!("Observed between commits {} and {}, not signed", from.short(), to.short());
        let id = [&*self.name, from.as_str(), to.as_str()];
        let changes: Vec<Change> = observation.changes.iter().map(|observed| observed.change.clone()).collect();
        let deadlines = observation.changes.iter().enumerate().filter_map(|(position, found)| {
            let position = position.to_string();
            let dates = (found.object_by.as_deref(), found.effective.as_deref());
            VendorDeadline::of_change(&[&id[..], &[&position]].concat(), &found.change, dates, (*observed, &basis))
        });
        vendor.deadlines.extend(deadlines);
        vendor.entries.push(VendorEntry::of_observation(&id, &changes, *observed, basis));
    }
}
