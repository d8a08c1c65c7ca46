#!/usr/bin/env bash
# Installs the release of changecast that belongs to this action, unless the job has installed another one.
#
# VERSION              the version, such as 0.1.0; empty for that of the action
# CHANGECAST_RELEASES  where releases are, for a mirror; the archives of version 0.1.0 are below v0.1.0/
set -euo pipefail

if [ -z "${VERSION:-}" ] && command -v changecast > /dev/null; then
  changecast --version
  exit 0
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
manifest() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" "$here/Cargo.toml" | head -n 1; }
version=${VERSION:-$(manifest version)}
version=${version#v}
releases=${CHANGECAST_RELEASES:-$(manifest repository)/releases/download}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  *)
    echo "::error::there is no release for $(uname -s) on $(uname -m); install changecast with cargo before this action"
    exit 1
    ;;
esac

name=changecast-v$version-$target
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/changecast.XXXXXX")
cd "$folder"
for file in "$name.tar.gz" SHA256SUMS; do
  if ! curl --fail --silent --show-error --location --retry 3 --output "$file" "$releases/v$version/$file"; then
    echo "::error::cannot download $file of changecast $version from $releases; does this release exist?"
    exit 1
  fi
done
grep -F " $name.tar.gz" SHA256SUMS > expected
if command -v sha256sum > /dev/null; then sha256sum --check --quiet expected; else shasum -a 256 --check --quiet expected; fi
tar -xzf "$name.tar.gz"
"./$name/changecast" --version
echo "$folder/$name" >> "$GITHUB_PATH"
