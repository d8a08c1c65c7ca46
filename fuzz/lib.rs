//! What every reader must stand: `cargo fuzz run -s none markdown`, with `RUSTC_BOOTSTRAP=1` on a
//! stable toolchain. One target for each format, one for folders, and one for versions of a file.

pub use libfuzzer_sys::fuzz_target;

use std::collections::BTreeMap;

use changecast_core::{change::{apply, diff}, model::ListState};
use changecast::read::{ReadingConfig, Reader, Reading, read, read_folder};

/// A target that reads its input as a file of this name.
#[macro_export]
macro_rules! reader {
    ($path:literal) => {
        $crate::fuzz_target!(|bytes: &[u8]| $crate::check($path, bytes));
    };
}

/// Reads without panic; what was read is equal to itself, and can be told as changes from nothing
/// and back.
pub fn check(path: &str, bytes: &[u8]) {
    if let Ok(reading) = read(path, bytes, &ReadingConfig::default()) {
        check_list(reading);
    }
}

/// Reads the pieces of the input, between bytes of zero, as files of a folder.
pub fn check_folder(bytes: &[u8]) {
    let names = ["a.yaml", "b.md", "c/d.json", "e.toml", "c/index.md", "f.md"];
    let files = names.iter().zip(bytes.split(|byte| *byte == 0));
    let files: Vec<_> = files.map(|(name, bytes)| ((*name).to_owned(), bytes.into())).collect();
    if let Ok(reading) = read_folder(&files, &BTreeMap::new(), &ReadingConfig::default()) {
        check_list(reading);
    }
}

/// Reads the pieces of the input, between bytes of zero, as versions of one file: a reader that
/// remembers gives what one that does not gives.
///
/// Short lists are not read by parts: `padding` makes the one of the input long enough.
pub fn check_versions(path: &str, [head, padding, tail]: [&str; 3], bytes: &[u8]) {
    let options = ReadingConfig::default();
    let mut reader = Reader::default();
    let padding: String = (0..40).map(|n| padding.replace("{}", &n.to_string())).collect();
    for version in bytes.split(|byte| *byte == 0) {
        let version = [head.as_bytes(), version, padding.as_bytes(), tail.as_bytes()].concat();
        assert_eq!(reader.read(path, &version, &options), read(path, &version, &options));
    }
}

fn check_list(reading: Reading) {
    let list = ListState::listed(reading.inventory);
    assert!(diff(&list, &list).changes.is_empty(), "changes between a list and itself");
    let first = diff(&ListState::Unpublished, &list);
    let built = apply(&ListState::Unpublished, &first).expect("the first version can be built from its changes");
    assert!(diff(&built, &list).changes.is_empty(), "built is not what was read");
}
