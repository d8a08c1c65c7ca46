#!/usr/bin/env bash
# Runs the demo with a static binary in an empty root, as in the container: usage: static_binary.sh BINARY. Needs root.
set -euo pipefail
binary=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

if [ "$(id -u)" -ne 0 ]; then exec sudo "$0" "$@"; fi
if readelf --program-headers "$binary" | grep -q INTERP; then
  echo "$binary is not static: it names a program interpreter" >&2
  exit 1
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
install -D -m 755 "$binary" "$root/changecast"
install -D -m 644 "$here/packaging/gitconfig" "$root/etc/gitconfig"
install -d -o 65534 -g 65534 "$root/repo"
# As the user of the container, without a home, a shell, /tmp, /proc or /dev.
chroot --userspec=65534:65534 "$root" /changecast demo /repo/demo > /dev/null 2>&1
chroot --userspec=65534:65534 "$root" /changecast verify /repo/demo/feeds --root /repo/demo/root.pub > /dev/null 2>&1
diff -r "$here/feeds" "$root/repo/demo/feeds"
# A volume that belongs to another user.
chown -R 12345:12345 "$root/repo/demo/repo"
chroot --userspec=65534:65534 "$root" /changecast log --repo /repo/demo/repo --list subprocessors > /dev/null
echo "$binary runs in an empty root"
