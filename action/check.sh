#!/usr/bin/env bash
# Checks a pull request: annotations and the summary of the job come from `changecast check` itself, the comment from here.
#
# CONFIG        the configuration file; empty for the default
# FAIL_ON       info, warning or error
# COMMENT       `true` to write the report as a comment
# PULL_REQUEST  its number; empty for other events
# GH_TOKEN      the token for the comment
set -euo pipefail

report=$(mktemp "${RUNNER_TEMP:-/tmp}/changecast.XXXXXX")
arguments=(--format github --report "markdown=$report" --fail-on "${FAIL_ON:-error}")
if [ -n "${CONFIG:-}" ]; then arguments+=(--config "$CONFIG"); fi
status=0
changecast check "${arguments[@]}" || status=$?
echo "status=$status" >> "$GITHUB_OUTPUT"

# The marker by which the comment of an earlier run is found, so that a pull request has one comment.
marker='<!-- changecast check -->'

comment() {
  local comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments text author from earlier
  # A comment has at most 65,536 characters.
  text=$(printf '%s\n%s' "$marker" "$(head -c 60000 "$report")")
  # The token of a job belongs to a bot, which may not ask who it is. A personal token belongs to a user.
  author=$(gh api user --jq .login 2> /dev/null) || author=
  if [ -n "$author" ]; then from=".user.login == \"$author\""; else from='.user.type == "Bot"'; fi
  earlier=$(gh api --paginate "$comments" --jq ".[] | select($from and ((.body // \"\") | startswith(\"$marker\"))) | .id") || return
  earlier=${earlier%%$'\n'*}
  if [ -n "$earlier" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --raw-field "body=$text"
  else
    gh api --silent --method POST "$comments" --raw-field "body=$text"
  fi
}

if [ "${COMMENT:-}" = true ] && [ -n "${PULL_REQUEST:-}" ] && [ "$status" -le 1 ]; then
  # The token of a pull request from a fork may only read.
  comment || echo "::notice::cannot write a comment; the job needs \`pull-requests: write\`. The report is in the summary of the job"
fi
exit "$status"
