//! What every reader must stand: `cargo fuzz run -s none markdown`, with `RUSTC_BOOTSTRAP=1` on a
//! stable toolchain. One target for each format.

pub use libfuzzer_sys::fuzz_target;

use changecast::{
    change::{Before, apply, diff},
    model::Inventory,
    read::{Options, read},
};

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
    let options = Options::default();
    let Ok(reading) = read(path, bytes, &options) else { return };
    let list = reading.inventory;
    assert!(diff(Before::Listed(&list), Some(&list)).changes.is_empty(), "changes between a list and itself");
    let first = diff(Before::Unpublished, Some(&list));
    let built = apply(&Inventory::default(), &first).expect("the first version can be built from its changes");
    assert!(diff(Before::Listed(&built), Some(&list)).changes.is_empty(), "built is not what was read");
}
