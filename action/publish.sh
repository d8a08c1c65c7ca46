#!/usr/bin/env bash
# Publishes what is new: restores the published files from a branch, continues their log, and pushes them.
#
# CONFIG  the configuration file; empty for the default
# BRANCH  the branch that keeps the published files
# CHANGECAST_KEY, and CHANGECAST_ROOT_KEY for the first publication
set -euo pipefail

branch=refs/heads/${BRANCH:-gh-pages}
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/changecast.XXXXXX")
# The folder may be uploaded as it is, and others must be able to read it.
chmod 755 "$folder"
export GIT_INDEX_FILE=$folder.index

# Nothing but a branch that does not exist may start a log.
parent=
found=0
git ls-remote --exit-code origin "$branch" > /dev/null || found=$?
case $found in
  0)
    git fetch --quiet --no-tags origin "$branch"
    parent=$(git rev-parse FETCH_HEAD)
    git read-tree "$parent"
    git checkout-index --all --prefix="$folder/"
    ;;
  2) ;;
  *) exit "$found" ;;
esac

arguments=(--output "$folder")
if [ -n "${CONFIG:-}" ]; then arguments+=(--config "$CONFIG"); fi
status=0
changecast publish "${arguments[@]}" || status=$?
# 1: the newest version of a list cannot be read, and the rest is published.
if [ "$status" -gt 1 ]; then exit "$status"; fi

touch "$folder/.nojekyll"
git --git-dir="$(git rev-parse --absolute-git-dir)" --work-tree="$folder" -C "$folder" -c core.autocrlf=false add --all --force .
tree=$(git write-tree)
if [ -n "$parent" ] && [ "$tree" = "$(git rev-parse "$parent^{tree}")" ]; then
  echo "nothing to push"
else
  commit=$(git -c user.name=changecast -c user.email=changecast@users.noreply.github.com \
    commit-tree "$tree" ${parent:+-p "$parent"} -m "Publish ${GITHUB_SHA:-$(git rev-parse HEAD)}")
  # Without force: if another job has pushed meanwhile, this one fails, and can run again.
  git push --quiet origin "$commit:$branch"
fi
{
  echo "status=$status"
  echo "folder=$folder"
} >> "$GITHUB_OUTPUT"
