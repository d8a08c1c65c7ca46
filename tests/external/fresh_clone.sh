#!/usr/bin/env bash
# Runs the README's two commands in a fresh clone in an empty folder, with the build folder of this
# checkout as its cache.
set -euo pipefail
here=$(git rev-parse --show-toplevel)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$here" "$folder/changecast"
cd "$folder/changecast"
export CARGO_TARGET_DIR="$here/target/fresh"
cargo run --release -- demo
cp -r changecast-demo before
cargo run --release -- demo
diff -r before changecast-demo
diff -r feeds changecast-demo/feeds
cargo test
test -z "$(git status --porcelain | grep -v '^?? before/$')"
