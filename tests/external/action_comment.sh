#!/usr/bin/env bash
# Checks that action/check.sh updates the comment of an earlier run, with the token of a job and with a personal one.
# `changecast` and `gh` are replaced by functions in a folder that comes first in PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/changecast" <<'SH'
#!/usr/bin/env bash
for argument; do case $argument in markdown=*) echo "## report" > "${argument#markdown=}" ;; esac; done
SH
# The comments of a pull request: of a person who quotes the marker, of a bot, and of the owner of a personal token.
cat > "$work/comments.json" <<'JSON'
[{"id": 1, "body": "<!-- changecast check -->\nquoted", "user": {"login": "mallory", "type": "User"}},
 {"id": 2, "body": "<!-- changecast check -->\n## report", "user": {"login": "github-actions[bot]", "type": "Bot"}},
 {"id": 3, "body": "<!-- changecast check -->\n## report", "user": {"login": "release-engineer", "type": "User"}},
 {"id": 4, "body": null, "user": {"login": "other[bot]", "type": "Bot"}}]
JSON
cat > "$work/gh" <<'SH'
#!/usr/bin/env bash
here=$(dirname "$0")
case $* in
  "api user "*) if [ -n "${LOGIN:-}" ]; then echo "$LOGIN"; else echo '{"message": "Resource not accessible"}'; exit 1; fi ;;
  *"--paginate"*) jq -r "${*: -1}" "$here/comments.json" ;;
  *) echo "$4 $5" >> "$here/requests" ;;
esac
SH
chmod +x "$work/changecast" "$work/gh"

# What the script asks the service for, with the token of a login; without one, with the token of a job.
requests() {
  rm -f "$work/requests"
  PATH="$work:$PATH" LOGIN=$1 RUNNER_TEMP=$work GITHUB_OUTPUT=$work/output GITHUB_REPOSITORY=o/r PULL_REQUEST=7 COMMENT=true \
    action/check.sh
  cat "$work/requests"
}

expect() { [ "$1" = "$2" ] || { echo "expected $2, found $1" >&2; exit 1; }; }
expect "$(requests '')" "PATCH repos/o/r/issues/comments/2"
expect "$(requests release-engineer)" "PATCH repos/o/r/issues/comments/3"
expect "$(requests newcomer)" "POST repos/o/r/issues/7/comments"
echo "action: each token updates its own comment"
