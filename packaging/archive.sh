#!/usr/bin/env bash
# Packs a binary with its completions and manual pages: usage: packaging/archive.sh BINARY TARGET FOLDER [PROGRAM]
#
# Writes FOLDER/changecast-vVERSION-TARGET.tar.gz. PROGRAM is a changecast that runs on this machine, if BINARY does not.
# The same binary gives the same archive everywhere.
set -euo pipefail
binary=$1 target=$2 folder=$3 program=${4:-$1}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=$("$program" --version)
name=changecast-v${version#changecast }-$target

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/completions" "$folder"
install -m 755 "$binary" "$work/$name/changecast"
cp "$here/README.md" "$here/CHANGELOG.md" "$here/LICENSE" "$work/$name/"
"$program" man "$work/$name/man"
"$program" completions bash > "$work/$name/completions/changecast.bash"
"$program" completions zsh > "$work/$name/completions/_changecast"
"$program" completions fish > "$work/$name/completions/changecast.fish"
"$program" completions elvish > "$work/$name/completions/changecast.elv"
"$program" completions powershell > "$work/$name/completions/_changecast.ps1"

tar --create --directory "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go+rX,go-w "$name" |
  gzip --no-name --best > "$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
