#!/usr/bin/env bash
# Runs the README's demo command in a fresh clone in an empty folder, twice, and compares the output with
# feeds/. The clone uses the build folder of this checkout, so that no profile is built a second time;
# the README's test command is the one that CI has already run.
set -euo pipefail
here=$(git rev-parse --show-toplevel)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$here" "$folder/changecast"
cd "$folder/changecast"
export CARGO_TARGET_DIR="$here/target"
cargo run --release -- demo
cp -r changecast-demo before
cargo run --release -- demo
diff -r before changecast-demo
diff -r feeds changecast-demo/feeds
test -z "$(git status --porcelain | grep -v '^?? before/$')"
