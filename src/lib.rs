//! changecast
pub mod change;
pub mod config;
pub mod history;
pub mod model;
pub mod pipeline;
pub mod read;
