//! Publication: history to versions to changes to releases to files.
//!
//! [`change_log()`] computes the changes of a list commit by commit; [`publish()`] turns the new ones into signed
//! releases, and plans all files of the output directory. It writes none of them.

mod announcements;
mod append;
mod assessment;
mod change_log;
mod checkpoint;
mod concerned;
mod edition;
mod error;
mod guard;
mod heads;
mod holidays;
mod list_plan;
mod log;
mod notification;
mod open_windows;

mod past;
mod performance;
mod periods;
mod plan;
mod progress;
mod published_list;
mod reanchor;

mod recompute;
mod release;
mod resume;
mod source;
mod statement;
mod unreadable_files;

pub use announcements::{Announced, announcements, published_releases};
pub use assessment::{AssessedChange, Assessment, SUMMARY_COLUMNS, Sufficiency, assess, assessment_columns};
pub use change_log::{ChangeTracker, Explained, LogRow, Outcome, change_log, explain_commit};
pub use edition::Edition;
pub use error::PublishError;
pub use guard::AllowedRemovals;
pub use heads::{PlannedHead, next_head};
pub use holidays::{holiday_file, put_holidays};
pub use notification::{draft, notification_head};
pub use open_windows::{NoticeCheck, OpenWindow};
pub use past::past;
pub use performance::{ENGAGEMENT_COLUMNS, Engagement, engagements};
pub use plan::{Correct, FutureCommits, ListPlan, Plan, Request, Rewritten, RootKeys, Scope, Signing, publish};
pub use progress::{Event, Progress, Stage};
pub use recompute::{After, Audit, Audited, ListsBefore, recompute};
pub use release::{PublishedRelease, causes_of_rereads};
pub use source::{ListSource, find_list, read_list};
pub use statement::{PlannedStatement, RootStatement, StatementKeys, plan_statement};
