//! changecast reads the git history of a list, typically a company's sub-processors, and computes semantic
//! changes: which vendors were added, removed or replaced, and how their services, places and data changed. It publishes
//! the changes as a change log, as feeds, and as a signed log that can be verified years later with
//! `ssh-keygen` and `jq`.
//!
//! # Layers
//!
//! ```text
//! git ──history──► Version ──read──► Inventory ──change──► ChangeSet ──ledger──► Release ──render──► files ──output──► feeds/
//! ```
//!
//! Data flows in one direction, and each layer can be used alone:
//!
//! - [`read`] turns the bytes of a file into an [`Inventory`]: sections of entries with typed fields.
//! - [`diff`] compares two states of a list by the roles of its fields, so that "USA/EU" equals
//!   "EU, United States", but "Europe" does not equal "EEA". [`apply`] replays the changes.
//! - [`history`] finds the commits on a branch that changed a file. It is the only user of git.
//! - [`changecast_core::ledger`] writes releases as canonical JSON; each contains the digest of the previous one.
//! - [`render`] makes pages and feeds of releases, and [`output`] writes files atomically.
//! - [`publish`] combines all of them: a complete change log, or an incremental publication.
//!
//! To compare two files, use [`read`] and [`diff`]. To verify a log without git, use the crate
//! `changecast-core`, which neither accesses files nor links C code.
//!
//! Between [`history`] and [`output`], no code accesses a clock, the environment, a terminal or a file:
//! the same history, keys and configuration give the same bytes on every machine. Threads are only used
//! where their number cannot change a result.
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
//! let sentences: Vec<String> = changes.iter().map(|change| render::flat(&render::sentence(change))).collect();
//! assert_eq!(sentences, [
//!     "Added Kestrel Mail: E-mail delivery; Ireland",
//!     "Renamed Nordhaven: Nordhaven GmbH → Nordhaven",
//! ]);
//! # Ok::<(), changecast::read::ReadError>(())
//! ```

pub mod check;
pub mod config;
mod content;
mod directory;
pub mod filter;
pub mod follow;
pub mod history;
pub mod observe;
pub mod output;
mod parallel;
mod parser_words;
pub mod publish;
pub mod read;
pub mod render;
pub mod report;

pub use changecast_core::change::{Change, ChangeSet, apply, diff};
pub use changecast_core::model::{Inventory, ListState};
pub use read::ReadingConfig;
