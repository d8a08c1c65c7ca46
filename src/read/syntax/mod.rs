//! One file per format: bytes to trees or blocks.

pub(crate) mod block;
pub(crate) mod bytes;
pub(crate) mod csv;
pub(crate) mod html;
pub(crate) mod incremental;
pub(crate) mod item;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod rst;
pub(crate) mod toml;
pub(crate) mod tree;
pub(crate) mod yaml;
