//! changecast reads the git history of a list, typically of a company's sub-processors, and says what
//! changed: who was added, who went, who now processes where and what. It publishes that as a change
//! log, as feeds, and as a signed log that can be checked years later with `ssh-keygen` and `jq`.
//!
//! # The way of the data
//!
//! ```text
//! git ──history──► Version ──read──► Inventory ──change──► ChangeSet ──ledger──► Release ──render──► files ──output──► feeds/
//! ```
//!
//! One direction, no looking back. [`history`] walks the first-parent line of a branch and finds the
//! commits that touched the file. [`read`] turns each version into an [`model::Inventory`]: sections of
//! entries whose fields have roles. [`change`] pairs the entries of two versions and compares them by
//! role, so that "USA/EU" equals "EU, United States" while "Europe" does not equal "EEA". [`ledger`]
//! puts what changed into documents in canonical bytes, each chained to the one before, which [`sign`]
//! signs in OpenSSH's format. [`render`] makes the pages and feeds of these documents, and [`output`]
//! writes them, whole or not at all. [`pipeline`] is the one place where they meet. Where there is much
//! to sign, render and write, threads help; what comes out does not depend on them.
//!
//! Between `history` and `output` nothing knows a clock, an environment, a terminal or a file: the same
//! history, key and configuration give the same bytes everywhere, for ever.
//!
//! # From two versions to a sentence
//!
//! ```
//! use changecast::{ListState, ReadingConfig, diff, read, render};
//!
//! let old = "entries: [{name: Nordhaven GmbH, purpose: Hosting, location: USA/EU}]";
//! let new = "entries:
//! - {name: Nordhaven, purpose: hosting., location: 'European Union, United States'}
//! - {name: Kestrel Mail, purpose: E-mail delivery, location: Ireland}";
//!
//! let read = |text: &str| read::read("list.yaml", text.as_bytes(), &ReadingConfig::default());
//! let (old, new) = (ListState::listed(read(old)?.inventory), ListState::listed(read(new)?.inventory));
//!
//! let changes = diff(&old, &new).changes;
//! let said: Vec<String> = changes.iter().map(|change| render::flat(&render::sentence(change))).collect();
//! assert_eq!(said, [
//!     "Added Kestrel Mail: E-mail delivery; Ireland",
//!     "Renamed Nordhaven: Nordhaven GmbH → Nordhaven",
//! ]);
//! # Ok::<(), changecast::read::ReadError>(())
//! ```

pub mod config;
mod content;
pub mod history;
pub mod ledger;
pub mod output;
mod parallel;
pub mod publish;
pub mod read;
pub mod render;

pub use changecast_core::change::{Change, ChangeSet, apply, diff};
pub use changecast_core::model::{Inventory, ListState};
pub use read::ReadingConfig;
