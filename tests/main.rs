//! The tests that look at changecast from outside.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod architecture;
mod check;
mod command_line;
mod damage;
mod data;
mod demo;
mod dependencies;
mod docs;
mod edition;
mod editions;
mod feeds;
mod filtered;
mod folder;
mod follow;
mod formats;
mod guard;
mod heads;
mod histories;
mod history;
mod hostile;
mod interruptions;
mod keys;
mod kinds;
mod languages;
mod laws;
mod limits;
mod notice;
mod notice_outputs;
mod notice_report;
mod onboarding;
mod pages;
mod publication;
mod readme;
mod redaction;
mod resume;
mod rewritten;
mod rotation;
mod rules;
mod server;
mod terms;
mod trust;
mod versions;

mod support;
