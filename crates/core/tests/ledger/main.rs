//! Signed logs: published in memory, verified, and attacked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod agents;
mod continuation;
mod kinds;
mod laws;
mod support;
mod tampering;
mod transparency;
mod vectors;
mod verification;
