//! The tests that look at changecast from outside.

mod data;
mod demo;
mod feeds;
mod history;
mod hostile;
mod house;
mod kinds;
mod laws;
mod publication;

mod support;
