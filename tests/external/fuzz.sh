#!/usr/bin/env bash
# Runs every fuzz target for the given number of seconds. A finding is a failure.
# The build is not optimized, which takes two minutes instead of seven; `--release` is for longer runs.
set -euo pipefail
seconds=${1:?usage: fuzz.sh SECONDS [--release]}
profile=${2:---dev}
cd "$(git rev-parse --show-toplevel)"
export RUSTC_BOOTSTRAP=1
cargo fuzz build "$profile" --sanitizer none
# xargs ends with an error when one of the targets does.
cargo fuzz list | xargs -P "$(nproc)" -I '{}' \
  cargo fuzz run "$profile" --sanitizer none '{}' -- -max_total_time="$seconds" -rss_limit_mb=4096 -verbosity=0
