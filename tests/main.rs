//! The tests that look at changecast from outside.

mod house;
mod kinds;
mod laws;
mod publication;

mod support;
