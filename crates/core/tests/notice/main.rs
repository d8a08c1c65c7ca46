//! Deadlines: the table of this project, other tables of the same form, and laws.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod laws;
mod table;
