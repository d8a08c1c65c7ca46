//! First stage of reading: from the text of a file to a tree, to the blocks of a page or to the records
//! of a table. One file per format. This stage does not know which part of a file is the list.

pub(crate) mod block;
pub(crate) mod bytes;
pub(crate) mod code;
pub(crate) mod component;
pub(crate) mod csv;
mod expression;
pub(crate) mod front_matter;
mod gfm;
pub(crate) mod html;
pub(crate) mod incremental;
mod inline;
pub(crate) mod javascript;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod mdx;
pub(crate) mod replaced;
pub(crate) mod rst;
pub(crate) mod template;
pub(crate) mod toml;
pub(crate) mod tree;
mod unclosed;
pub(crate) mod yaml;
