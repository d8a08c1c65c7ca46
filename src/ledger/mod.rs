//! The signed log: release documents in canonical bytes, chained by digest, replayed to the list.
//!
//! Nothing here signs or reads files; a caller brings bytes and a check of signatures.

mod canonical;
mod chain;
mod jcs;
mod release;
mod resume;
mod state;

pub use canonical::{BadDigest, CanonicalError, Digest, from_bytes, to_bytes};
pub use chain::{Chain, ChainError, CheckSignature, End, Fault, KeyRole, Signed};
pub use release::{
    BadOrigin, BadRelease, Body, Changes, Correction, KeySet, Origin, Pointer, Reanchor, Release, Source, Vcs,
};
pub use resume::{Announced, Fingerprint, Kept, Resume};
pub use state::{Digester, digest, index_file, latest, list_file, read_list_file};
