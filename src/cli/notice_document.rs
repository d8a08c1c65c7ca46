//! Deadlines in the JSON of `log`.

use changecast_core::{
    model::{Timestamp, terms::DurationUnit},
    notice::{Basis, Coverage, ObjectBy, Span},
    prose::deadlines::Computed,
};
use serde::Serialize;

/// What follows from the notice terms for one change of a release.
#[derive(Debug, Serialize)]
pub struct NoticeDocument {
    /// The position of the change in the release.
    change: usize,
    /// `promised`, `refused` or `not-stated`; `error` if the dates cannot be computed.
    terms: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective: Option<String>,
    /// `stated`, or `derived` from the lead: then the change is effective not before the date.
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_by: Option<String>,
    /// The earliest end of a window that counts from the receipt of the notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    object_not_before: Option<String>,
    leads: Vec<LeadDocument>,
    /// Whether the change was published after its effective date.
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<bool>,
    /// The first instant at which the results are final.
    #[serde(skip_serializing_if = "Option::is_none")]
    provisional_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
}

#[derive(Debug, Serialize)]
struct LeadDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    promised: String,
    given: String,
    difference: String,
    result: &'static str,
}

impl NoticeDocument {
    /// The notice of the change at a position.
    pub fn of(change: usize, notice: &Computed) -> Self {
        let mut document = NoticeDocument {
            change,
            terms: "error",
            error: None,
            effective: None,
            basis: None,
            object_by: None,
            object_not_before: None,
            leads: Vec::new(),
            late: None,
            provisional_until: None,
            zone: None,
        };
        let notice = match notice {
            Ok(notice) => notice,
            Err(error) => return NoticeDocument { error: Some(error.to_string()), ..document },
        };
        document.terms = match notice.coverage {
            Coverage::NotStated => "not-stated",
            Coverage::Refused => "refused",
            Coverage::Promised => "promised",
        };
        if let Some(effective) = &notice.effective {
            document.effective = Some(effective.notation());
            document.basis = Some(if effective.basis == Basis::Derived { "derived" } else { "stated" });
        }
        match notice.object_by {
            ObjectBy::By(deadline) => document.object_by = Some(deadline.to_string()),
            ObjectBy::NotBefore(deadline) => document.object_not_before = Some(deadline.to_string()),
            ObjectBy::NotCovered | ObjectBy::NotStated | ObjectBy::Undated => {}
        }
        let leads = notice.leads.iter().map(|lead| LeadDocument {
            name: lead.name.clone(),
            promised: lead.promised.to_string(),
            given: length(lead.given),
            difference: length(lead.difference),
            result: lead.outcome.as_str(),
        });
        document.leads = leads.collect();
        document.late = notice.late;
        document.provisional_until = notice.settled;
        document.zone = Some(notice.zone.clone());
        document
    }
}

/// A length in the notation of terms: `46d`, `-3d`, `10bd`, `48h`.
fn length(span: Span) -> String {
    let unit = match span.unit {
        DurationUnit::Hours => "h",
        DurationUnit::Days => "d",
        DurationUnit::BusinessDays => "bd",
        DurationUnit::Weeks => "w",
        DurationUnit::Months => "m",
    };
    format!("{}{unit}", span.count)
}
