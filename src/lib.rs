//! changecast
pub mod change;
pub mod config;
pub mod history;
pub mod ledger;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod read;
pub mod render;
pub mod sign;
