//! The dependencies: which Rust they need, and what the core must never depend on.

use std::{path::PathBuf, process::Command};

use serde_json::Value;

/// Runs cargo in the repository, without network.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The target that this machine builds for. Packages of other platforms may never have been fetched.
fn host() -> String {
    let version = cargo(&["-vV"]);
    version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo states its host").to_owned()
}

/// A Rust version as numbers: `1.89` is `[1, 89, 0]`.
fn version(text: &str) -> [u32; 3] {
    let mut numbers = text.split('.').map(|number| number.parse().expect("a number"));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}

#[test]
fn no_dependency_states_a_newer_rust_version() {
    let metadata = cargo(&["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &host()]);
    let parsed: Value = serde_json::from_str(&metadata).expect("the metadata is JSON");
    let packages = parsed["packages"].as_array().expect("packages");
    let own = packages.iter().find(|package| package["name"] == "changecast").expect("our package");
    let ours = version(own["rust_version"].as_str().expect("our rust-version"));
    let newer: Vec<String> = packages
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|stated| version(stated) > ours))
        .map(|package| format!("{} {} needs Rust {}", package["name"], package["version"], package["rust_version"]))
        .collect();
    assert!(newer.is_empty(), "raise rust-version, or choose older versions: {newer:#?}");
}

#[test]
fn the_core_depends_on_neither_git_nor_the_command_line() {
    let tree = cargo(&["tree", "-p", "changecast-core", "-e", "normal", "--prefix", "none", "--offline", "--locked"]);
    for forbidden in ["git2", "clap", "rayon", "tempfile", "tokio", "openssl-sys"] {
        assert!(
            !tree.lines().any(|line| line.split(' ').next() == Some(forbidden)),
            "changecast-core depends on {forbidden}"
        );
    }
}
