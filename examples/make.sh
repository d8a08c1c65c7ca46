#!/bin/sh
# Makes the git repository of an example: sh examples/make.sh EXAMPLE DIR
#
# Each folder of EXAMPLE that is named after a day is a commit of that day on the branch `main`, and its files are those
# that the commit changes. The folder `pull-request` is the commit of the branch `change`.
set -eu
example=$(cd "$(dirname "$0")/$1" && pwd)
repository=$2

git init --quiet "$repository"
cd "$repository"
git symbolic-ref HEAD refs/heads/main
git config user.name "Example"
git config user.email "example@example.com"

# usage: commit FOLDER TIME MESSAGE
commit() {
  cp -R "$1/." .
  git add --all
  GIT_AUTHOR_DATE=$2 GIT_COMMITTER_DATE=$2 git commit --quiet --message "$3"
}

for folder in "$example"/20*; do
  day=$(basename "$folder")
  commit "$folder" "${day}T09:00:00Z" "The list of $day"
done
git checkout --quiet -b change
commit "$example/pull-request" "${day}T15:00:00Z" "A change to the list"
git checkout --quiet main
