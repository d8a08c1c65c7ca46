#!/bin/sh
# Checks the signed log in this folder with ssh-keygen, jq and sha256sum alone.
#
#   sh verify.sh ROOT.pub
#
# ROOT.pub is the publisher's root key. Take it from somewhere else than this folder, once, and keep it.
set -eu
LC_ALL=C
export LC_ALL

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

[ $# -eq 1 ] || { echo "usage: sh verify.sh ROOT.pub" >&2; exit 2; }
for tool in ssh-keygen jq sha256sum; do
  command -v "$tool" >/dev/null || { echo "verify.sh needs $tool" >&2; exit 2; }
done
root=$(cut -d ' ' -f 1,2 "$1")
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

sha() { sha256sum <"$1" | cut -c 1-64; }
canonical() { jq -cS . "$1" | tr -d '\n' | cmp -s - "$1"; }

# A signature has one form: base64 in lines of 70 between the two marks.
armored() {
  {
    echo '-----BEGIN SSH SIGNATURE-----'
    sed -e '/^-----/d' "$1" | tr -d '\n' | base64 -d 2>/dev/null | base64 -w 70
    echo '-----END SSH SIGNATURE-----'
  } | cmp -s - "$1"
}

# signed FILE PURPOSE KEYS: is FILE signed for PURPOSE by one of KEYS?
signed() {
  ssh-keygen -Y verify -f "$tmp/$3" -I "$origin" -n "$2.v1@changecast" -s "$1.sig" <"$1" >/dev/null 2>&1
}

# allow PURPOSE KEYS: reads public keys, writes the file of allowed signers.
allow() {
  while read -r key; do
    printf '%s namespaces="%s.v1@changecast" %s\n' "$origin" "$1" "$key"
  done >"$tmp/$2"
}

canonical index.json || fail "index.json is not in canonical form"
jq -e 'keys == ["head", "latest", "origin"] and .head == null' index.json >/dev/null || fail "index.json has another shape"
origin=$(jq -r .origin index.json)
case $origin in
  '' | *[!A-Za-z0-9._/-]*) fail "index.json names no origin" ;;
esac
echo "$root" | allow keys root

seq=0
prev=null
state=null
time=
while file=$(printf 'log/%06d.json' "$seq") && [ -e "$file" ]; do
  [ -f "$file.sig" ] || fail "$file has no signature"
  armored "$file.sig" || fail "$file.sig is not a signature in its one form"
  if [ "$seq" -gt 0 ] && signed "$file" release release; then
    purpose=release
  elif signed "$file" keys root; then
    purpose=keys
  else
    fail "$file is not signed by a key that may sign it"
  fi
  canonical "$file" || fail "$file is not in canonical form"
  jq -r '[.format, .origin, .seq, (.prev // "null"), .kind, .published, (.body.before // "null"), (.body.after // "null")] | .[]' "$file" >"$tmp/fields"
  {
    read -r format
    read -r of
    read -r number
    read -r before
    read -r kind
    read -r published
    read -r from
    read -r to
  } <"$tmp/fields"
  [ "$format" = changecast-release/1 ] || fail "$file is no release"
  [ "$of" = "$origin" ] || fail "$file belongs to $of"
  [ "$number" = "$seq" ] || fail "$file says that it is release $number"
  [ "$before" = "$prev" ] || fail "$file does not follow the release before"
  [ -z "$time" ] || expr "$published" \> "$time" >/dev/null || fail "$file is not later than the release before"
  if [ "$kind" = keys ]; then
    [ "$purpose" = keys ] || fail "$file changes keys without the root key"
    jq -r '.body.root[]' "$file" >"$tmp/keys"
    [ "$seq" -gt 0 ] || grep -qxF "$root" "$tmp/keys" || fail "the log's root key is not the pinned one"
    allow keys root <"$tmp/keys"
    jq -r '.body.release[]' "$file" | allow release release
  else
    [ "$purpose" = release ] || fail "$file is signed by a key of another purpose"
    [ "$from" = "$state" ] || fail "$file changes another list than the release before left"
    state=$to
  fi
  prev=$(sha "$file")
  time=$published
  seq=$((seq + 1))
done

[ "$seq" -gt 0 ] || fail "there is no log"
[ "$(find log -mindepth 1 | wc -l)" -eq $((2 * seq)) ] || fail "log/ holds files that are no part of the log"
[ "$(jq -r .latest index.json)" = $((seq - 1)) ] || fail "index.json names another latest release: one is missing"

# The current list has the digest that the last release states.
canonical list.json || fail "list.json is not in canonical form"
stated=$(jq -r '[.format, .origin, .seq, .published, (.state // "null")] | join(" ")' list.json)
[ "$stated" = "changecast-list/1 $origin $((seq - 1)) $time $state" ] || fail "list.json is not the list of the last release"
if [ "$state" != null ]; then
  jq -cS '.entries[]' list.json | while read -r entry; do
    printf '["%s","%s"]\n' "$(printf '%s' "$entry" | jq -r .id)" "$(printf '%s' "$entry" | sha256sum | cut -c 1-64)"
  done >"$tmp/entries"
  actual=$(jq -cS --slurpfile entries "$tmp/entries" '[.list] + ($entries | sort)' list.json | tr -d '\n' | sha256sum | cut -c 1-64)
  [ "$actual" = "$state" ] || fail "list.json does not have the digest that it states"
fi

echo "OK: $seq releases of $origin, the last of $time; the list is $state"
