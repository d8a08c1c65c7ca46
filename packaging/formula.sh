#!/usr/bin/env bash
# Prints the Homebrew formula of a release: usage: packaging/formula.sh VERSION SHA256SUMS
#
# Fills packaging/changecast.rb with the version and the checksums of the archives.
set -euo pipefail
version=$1 sums=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp)
trap 'rm -f "$work"' EXIT
formula=$(sed "s/{version}/$version/g" "$here/changecast.rb")
grep -o "{sha256 [^}]*}" "$here/changecast.rb" | sed "s/{sha256 \(.*\)}/\1/" > "$work"
while read -r target; do
  sum=$(sed -n "s/^\([0-9a-f]\{64\}\)  changecast-v$version-$target\.tar\.gz$/\1/p" "$sums")
  if [ -z "$sum" ]; then
    echo "$sums has no archive for $target" >&2
    exit 1
  fi
  formula=${formula//"{sha256 $target}"/$sum}
done < "$work"
printf '%s\n' "$formula"
