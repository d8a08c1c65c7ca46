//! Deadlines: the table of this project, other tables of the same form, and laws.

mod laws;
mod table;
