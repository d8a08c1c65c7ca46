//! Publication: history to versions to changes to releases to files.
//!
//! [`change_log()`] computes the changes of a list commit by commit; [`publish()`] turns the new ones into signed
//! releases, and plans all files of the output directory. It writes none of them.

mod append;
mod change_log;
mod entry_keys;
mod error;
mod plan;
mod progress;
mod reanchor;
mod resume;
mod source;
mod verify;

pub use change_log::{ChangeTracker, Explained, LogRow, Outcome, change_log, explain_commit};
pub use error::PublishError;
pub use plan::{Correct, ListPlan, Plan, Request, Rewritten, Scope, Signing, publish};
pub use progress::{Event, Progress, Stage};
pub use source::{ListSource, find_list, read_list};
pub use verify::{Verified, VerifyError, verify};
