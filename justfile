# The schemas that feeds are checked against, by `feeds-check` alone.
schemas := env("CHANGECAST_SCHEMAS", "../shared/schema")
# Makes the repositories of `bench`.
generator := env("CHANGECAST_GENERATOR", "../shared/bench/gen_repo.py")
vnu := env("VNU_JAR", "target/tools/node_modules/vnu-jar/build/dist/vnu.jar")

# List the recipes
default:
    @just --list

# Format everything
fmt:
    cargo fmt

# Formatting, lints and documentation, all warnings being errors
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# All tests that need nothing but Rust, git and a C compiler
test:
    cargo test

# Build the demo anew, and keep its output in feeds/
demo:
    rm -rf target/demo
    cargo run --release -- demo target/demo
    rm -rf feeds
    cp -r target/demo/feeds feeds

# Check the demo's publication with other people's programs
feeds-check:
    cargo build --release
    VNU_JAR={{ vnu }} python3 tests/external/feeds_check.py target/release/changecast {{ schemas }}

# Time the program against git and other peers, as benches/README.md says; `--help` tells the options
bench *options:
    cargo build --release
    python3 benches/compare.py --generator {{ generator }} {{ options }}

# Micro-benchmarks of the parts of a run: walk, read, compare, render, sign
bench-micro *options:
    cargo bench --bench micro -- {{ options }}

# Fail when a small fixed case takes over 10 % more instructions than recorded; `--accept` records them
guard *options:
    cargo build --release
    python3 benches/guard.py target/release/changecast {{ options }}

# The two commands of the README, in a fresh clone in an empty folder
readme:
    tests/external/fresh_clone.sh

# Everything that must hold before a change is merged
ci: lint test feeds-check guard readme

# A release build
release:
    cargo build --release --locked
