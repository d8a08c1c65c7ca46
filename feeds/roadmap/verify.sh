#!/bin/sh
# Verifies the signed log in the folder of this script with sh, jq, ssh-keygen and a SHA-256 tool.
#
#   sh verify.sh ROOT.pub [ORIGIN [TIME]]
#
# ROOT.pub is the publisher's root key and ORIGIN the name of the log, such as example.com/subprocessors. Get both,
# and this script, from somewhere else than this folder, and keep them. Heads expire by TIME, by default the clock.
# docs/format.md of changecast specifies the format and the rules.
#
# Not checked: keys and R of small order (§3), which only help a publisher to forge its own signatures. `changecast verify`
# checks these too.
#
# Exit status: 0 authentic; 2 incomplete, or needs a newer version; 3 not authentic; 4 expired; 5 another root key.
# shellcheck disable=SC2086,SC2016  # lists of names are split on purpose; $ in quotes belongs to jq
set -u
unset CDPATH
LC_ALL=C
export LC_ALL

finish() {
  status=$1
  shift
  echo "$*" >&2
  exit "$status"
}
incomplete() { finish 2 "INCOMPLETE: $*"; }
newer() { finish 2 "NEWER FORMAT: $*: verify with a newer version"; }
fail() { finish 3 "FAILED: $*"; }

case $# in 1 | 2 | 3) ;; *) finish 2 "usage: sh verify.sh ROOT.pub [ORIGIN [TIME]]" ;; esac
if command -v sha256sum >/dev/null; then
  digests() { xargs sha256sum | cut -c 1-64; }
elif command -v shasum >/dev/null; then
  digests() { xargs shasum -a 256 | cut -c 1-64; }
elif command -v openssl >/dev/null; then
  digests() { xargs openssl dgst -sha256 -r | cut -c 1-64; }
else
  finish 2 "verify.sh needs sha256sum, shasum or openssl"
fi
for tool in jq ssh-keygen; do
  command -v "$tool" >/dev/null || finish 2 "verify.sh needs $tool"
done
root=$(cut -d ' ' -f 1,2 "$1") || finish 2 "$1 cannot be read"
case $root in 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI'*) ;; *) finish 2 "$1 is not an Ed25519 public key" ;; esac
origin=${2-}
now=${3-$(jq -nr 'now | floor | todate')}
tmp=$(mktemp -d) || finish 2 "no temporary folder"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
cd -- "$(dirname -- "$0")" || finish 2 "the folder of the log cannot be read"

# is_whole FILE: FILE and its signature exist, and end as they must. Otherwise the publisher was interrupted.
is_whole() {
  [ -f "$1" ] && [ "$(tail -c 1 "$1")" = '}' ] &&
    [ -f "$1.sig" ] && [ "$(tail -c 28 "$1.sig")" = "-----END SSH SIGNATURE-----" ]
}

# files FOLDER: the documents of FOLDER from 0 to the first that is missing or incomplete.
files() {
  n=0
  while file=$(printf '%s/%06d.json' "$1" "$n") && is_whole "$file"; do
    echo "$file"
    n=$((n + 1))
  done
}

# lines FILE...: the documents, one per line. Canonical documents contain no line feeds.
lines() {
  for file in "$@"; do
    cat "$file" && echo
  done
}

# canonical LIMIT FILE...: are the bytes those of the canonical form? jq -S sorts, and drops duplicates, white space and
# invalid UTF-8. It prints some numbers and escapes unchanged which the format forbids.
canonical() {
  limit=$1
  shift
  lines "$@" >"$tmp/lines"
  [ "$(wc -l <"$tmp/lines")" -eq $# ] && jq -cS . "$tmp/lines" 2>/dev/null | cmp -s - "$tmp/lines" &&
    ! sed -e 's/\\[\\"]//g' -e 's/"[^"\\]*"//g' "$tmp/lines" | grep -q '[-+.E\\]\|[0-9]e\|[0-9]\{17\}' &&
    [ "$(jq --argjson limit "$limit" "$limits" "$tmp/lines" | grep -c true)" -eq $# ]
}
limits='
  def depth: if type == "object" or type == "array" then 1 + ([.[] | depth] | max // 0) else 0 end;
  depth <= 16
  and (tojson | utf8bytelength) <= $limit
  and all(.. | numbers; . >= 0 and . <= 9007199254740992)
  and all(.. | strings; utf8bytelength <= 65536 and all(explode[]; . >= 32 and (. < 127 or . > 159)))
  and all(.. | objects | keys_unsorted[]; all(explode[]; . >= 32 and . < 127 and . != 34 and . != 92))'

# check_canonical LIMIT FILE...: as above, and names the file.
check_canonical() {
  ! canonical "$@" || return 0
  limit=$1
  shift
  for suspect in "$@"; do
    canonical "$limit" "$suspect" || fail "$suspect is not in canonical form"
  done
}

# signed FILE ROLE KEYS: is FILE signed for ROLE by one of KEYS? A signature has one form: lines of 70 characters, no
# reserved field, SHA-512 (the base64 below), and a last byte smaller than 16, as every valid S has.
signed() {
  begin='' a='' b='' c='' d='' end=''
  { read -r begin && read -r a && read -r b && read -r c && read -r d && read -r end; } <"$1.sig"
  printf '%s\n' "$begin" "$a" "$b" "$c" "$d" "$end" | cmp -s - "$1.sig" || return 1
  case ${#a}.${#b}.${#c}.${#d} in 70.70.70.4[26]) ;; *) return 1 ;; esac
  case $a$b$c$d in
    *[!A-Za-z0-9+/=]*) return 1 ;;
    *AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5AAAAQ*[AQgw][AEIMQUYcgkosw048]=) ;;
    *) return 1 ;;
  esac
  ssh-keygen -Y verify -f "$tmp/$3" -I publisher -n "$2.v1@changecast" -s "$1.sig" <"$1" >/dev/null 2>&1
}

# allow ROLE KEYS: reads public keys, writes the file of allowed signers.
allow() { sed "s|^|publisher namespaces=\"$1.v1@changecast\" |" >"$tmp/$2"; }

# stop_at FILE VERDICT...: ends verification unless the verdict is "ok".
stop_at() {
  case $2 in
    ok) ;;
    newer) newer "$1 has $3" ;;
    incomplete) incomplete "$1 $3" ;;
    *) fail "$1 $3" ;;
  esac
}

# 1. Headers and heads: which are there, and in canonical form?
headers=$(files log)
heads=$(files head)
[ -n "$headers" ] || incomplete "release 0 is missing or cut off"
[ -n "$heads" ] || incomplete "no head covers a release"
check_canonical 65536 $headers
lines $headers >"$tmp/headers"
echo "$headers" | digests | sed 's/.*/"&"/' >"$tmp/header-digests"
check_canonical 65536 $heads
lines $heads >"$tmp/heads"
echo "$heads" | digests | sed 's/.*/"&"/' >"$tmp/head-digests"
[ -n "$origin" ] || origin=$(jq -r '.origin // ""' "$tmp/headers" | sed -n 1p)

common='
  def digest: type == "string" and test("^[0-9a-f]{64}$");
  def number: type == "number";
  def closed($members): type == "object" and keys == $members;
  def optional($key; fits): (has($key) | not) or (.[$key] | fits);
  def name: type == "string" and length <= 255 and test("^[A-Za-z0-9][A-Za-z0-9.-]*/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$");
  def pointer: closed(["seq", "sha256"]) and (.seq | number) and (.sha256 | digest);
  def names($n; $digests): pointer and .seq < $n and .sha256 == $digests[.seq];
  def key: type == "string" and test("^[!-~]+ [A-Za-z0-9+/]+=*$");
  def ext: (.ext // {}) | type == "object";
  def salt: type == "string" and test("^[0-9a-f]{32}$");
  def is_list: . == null or (type == "object" and all(.entries, .facts; type == "object")
    and (.facts.salt | salt) and all(.entries[]; type == "object" and (.salt | salt) and all(.name, .section; type == "string"))
    and (.entries | has("") | not) and all(..; . != null));
  def has_unknown: type == "object" and keys - ["entries", "facts"] != [];'

# 2. Headers: one line for each, with its kind and the verdict on everything but the signature.
jq -nr --slurpfile h "$tmp/headers" --slurpfile d "$tmp/header-digests" --arg origin "$origin" --arg root "$root" "$common"'
  def members: {keys: ["roles", "authority", "predecessor", "disowned", "last_head"], correction: ["corrects"],
      redaction: ["redacts"], moved: ["successor"], changes: [], reread: [], reanchor: []}[.kind];
  def sorted: type == "array" and length > 0 and map(.seq) == (map(.seq) | unique);
  def keys_fit($i): (.roles | type == "object" and all(.[]; type == "array" and all(.[]; key)))
    and all(.roles.root, .roles.release, .roles.head; type == "array") and (.roles.root | length > 0)
    and (if $i == 0 then .authority and (.roles.root | index([$root])) else has("predecessor") | not end)
    and ((.authority // "") as $a | $a == "" or ($a | test("^[^,]+,[0-9-]+$")) and ($a | split(","))[0] == ($origin | split("/"))[0])
    and optional("disowned"; sorted and all(.[]; names($i; $d)))
    and optional("predecessor"; closed(["origin", "release"]) and (.origin | name) and (.release | pointer))
    and optional("last_head"; closed(["number", "sha256"]) and (.number | number) and (.sha256 | digest));
  range($h | length) as $i | $h[$i] | . as $this | (if $i > 0 then $h[$i - 1] else {} end) as $before
  | ((.kind // "") | tostring) as $kind | members as $more
  | (if type != "object" or (.format | type) != "string" then "bad is not a header"
    elif .format != "changecast-release/1" then "newer the format \(.format)"
    elif .origin != $origin then "bad belongs to \(.origin), not to \($origin)"
    elif .seq != $i then "bad does not have the number in its name"
    elif has("prev") and has("state") and .prev == (if $i > 0 then $d[$i - 1] else null end) | not then "bad does not continue the header before"
    elif $before.kind == "moved" then "bad follows the end of the log"
    elif ($kind | test("^[a-z0-9-]{1,64}$") | not) or (.state != null and (.state | digest | not)) or (ext | not) then "bad is not valid"
    elif optional("body"; closed(["sha256", "size"]) and (.sha256 | digest) and (.size | number)) | not then "bad is not valid: body"
    elif $i == 0 and $kind != "keys" then "bad is not a keys release"
    elif $more == null and .state != $before.state then "newer the kind \($kind)"
    elif $kind != "changes" and $kind != "reread" and .state != $before.state then "bad alters the list"
    elif $more == null then "ok"
    elif keys - ["body", "ext", "format", "kind", "origin", "prev", "seq", "state"] - $more != [] then "newer an unknown member"
    elif $kind == "keys" and (keys_fit($i) | not) then "bad is not valid: keys"
    elif $kind == "correction" and (.corrects | names($i; $d) | not) then "bad is not valid: corrects"
    elif $kind == "redaction" and (.redacts | sorted and all(.[]; names($i; $d) and ($h[.seq] | has("body"))) | not) then "bad is not valid: redacts"
    elif $kind == "moved" and (.successor | closed(["origin", "root"]) and (.origin | name)
      and (.root | type == "array" and length > 0 and all(.[]; key)) | not) then "bad is not valid: successor"
    elif $kind != "keys" and $kind != "moved" and (has("body") | not) then "bad has no body"
    else "ok" end) as $verdict
  | (if $more == null then "unknown" else $kind end) + " " + $verdict' >"$tmp/verdicts" || fail "the headers are not valid"
echo "$root" | allow root root
seq=0 eras='' later=''
exec 3<"$tmp/verdicts"
for file in $headers; do
  read -r kind verdict rest <&3
  case $kind in keys | redaction | moved) role=root other=release ;; *) role=release other=root ;; esac
  if signed "$file" "$role" "$role"; then
    [ "$verdict" != newer ] || later="$file has $rest"
  elif [ "$seq" -eq 0 ]; then
    ! ssh-keygen -Y check-novalidate -n root.v1@changecast -s "$file.sig" <"$file" >/dev/null 2>&1 ||
      finish 5 "OTHER ROOT: $file is signed by another key than $1"
    fail "$file is not signed by the root key"
  elif { [ "$verdict" = newer ] || [ "$kind" = unknown ]; } && signed "$file" "$other" "$other"; then
    later="$file has a kind that is not known"
  else
    fail "$file is not signed by a key that may sign it"
  fi
  [ -z "$later" ] || break
  [ "$verdict" = ok ] || fail "$file $rest"
  if [ "$kind" = keys ]; then
    for role in root release head; do
      jq -r ".roles.${role}[]" "$file" | grep '^ssh-ed25519 ' | allow "$role" "$role"
    done
    cp "$tmp/head" "$tmp/head.$seq"
    eras="$seq $eras"
  fi
  seq=$((seq + 1))
done
releases=$seq
[ "$releases" -gt 0 ] || newer "$later"
sed "${releases}q" "$tmp/headers" >"$tmp/chain"

# 3. Heads. The keys after the release that a head covers judge it. A head of a stolen key is void after the last head
# that a keys release names.
jq -nr --slurpfile h "$tmp/heads" --slurpfile d "$tmp/head-digests" --slurpfile r "$tmp/header-digests" --arg origin "$origin" \
  --argjson releases "$releases" "$common"'
  def time: type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
    and . as $text | try (fromdate | todate == $text) catch false;
  def date: type == "string" and test("^[0-9]{4}[-:TZQH0-9]{0,16}$");
  def duration: type == "string" and test("^-?(P[YMWDTH0-9]{1,31}|[0-9]{1,30}bd)$");
  def zone: type == "string" and test("^[A-Za-z0-9/_+-]{1,64}$");
  def token: type == "string" and test("^[a-z0-9-]{1,64}$");
  def array(fits): type == "array" and length > 0 and all(.[]; type == "object" and fits);
  def address: type == "object" and all(.seq, .position; number);
  def period: (.change | address) and (.zone | zone) and optional("term"; address and (.trigger | token))
    and optional("effective"; type == "object" and (.date | date) and (.basis | token))
    and optional("object_by"; date) and optional("lead_promised"; duration) and optional("lead_given"; duration);
  def statement: (.seq | number) and (.sent | date) and (.channel | token);
  def unknown: keys - ["at", "covers", "expires", "ext", "format", "number", "origin", "periods", "prev", "statements"]
    + ([.periods[]? | (keys - ["change", "effective", "lead_given", "lead_promised", "object_by", "term", "zone"]),
          (.change | keys - ["position", "seq"]), (.term // {} | keys - ["position", "seq", "trigger"]),
          (.effective // {} | keys - ["basis", "date"])] | add // [])
    + ([.statements[]? | keys - ["channel", "sent", "seq"]] | add // []);
  range($h | length) as $i | $h[$i]
  | "\(.covers.seq? // 0) " +
    if (.format | type) != "string" then "bad is not a head"
    elif .format != "changecast-head/1" then "newer the format \(.format)"
    elif .origin != $origin then "bad belongs to \(.origin), not to \($origin)"
    elif .number != $i then "bad does not have the number in its name"
    elif has("prev") and .prev == (if $i > 0 then $d[$i - 1] else null end) | not then "bad does not continue the head before"
    elif (.covers | pointer) and (.at | time) and optional("expires"; time) and ext | not then "bad is not valid"
    elif optional("periods"; array(period)) and optional("statements"; array(statement)) | not
      then "bad is not valid: periods or statements"
    elif .covers.seq as $covered | any(.periods[]?.change, .periods[]?.term, .statements[]? | objects; .seq > $covered)
      then "bad names a release that it does not cover"
    elif unknown != [] then "newer an unknown member"
    elif .covers.seq >= $releases then "incomplete covers release \(.covers.seq), which is not there"
    elif .covers.sha256 != $r[.covers.seq] then "bad covers another release \(.covers.seq)"
    else "ok" end' >"$tmp/verdicts" 2>/dev/null || fail "the heads are not valid"
jq -r 'select(.last_head) | "\(.seq) \(.last_head.number) \(.last_head.sha256)"' "$tmp/chain" >"$tmp/last-heads" ||
  fail "the headers are not valid"
cat "$tmp"/head.* >"$tmp/heads-ever"
number=0 void=''
exec 3<"$tmp/verdicts"
for file in $heads; do
  read -r covers verdict rest <&3
  signed "$file" head heads-ever || fail "$file is not signed by a head key"
  [ -z "$later" ] || [ "$verdict" != incomplete ] || break
  stop_at "$file" "$verdict" "$rest"
  for era in $eras; do
    [ "$era" -gt "$covers" ] || break
  done
  signed "$file" head "head.$era" || fail "$file is not signed by a head key at release $covers"
  while read -r era last digest; do
    if [ "$number" -gt "$last" ] && ! signed "$file" head "head.$era"; then void="$void,$number"; fi
  done <"$tmp/last-heads"
  number=$((number + 1))
done
while read -r era last digest; do
  [ -n "$later" ] || [ "$last" -lt "$number" ] || incomplete "head $last, which release $era names, is missing"
  [ "$last" -ge "$number" ] || [ "\"$digest\"" = "$(sed -n "$((last + 1))p" "$tmp/head-digests")" ] || fail "release $era names another head $last"
done <"$tmp/last-heads"
jq -nr --slurpfile h "$tmp/heads" --argjson void "[${void#,}]" --argjson count "$number" '
  def promise: [.change.seq, .change.position, (.term // empty | .trigger, .position)] | tojson;
  def day: .object_by // "" | .[:10];
  def shortens: reduce .[].periods[]? as $period ({days: {}, found: false}; ($period | promise) as $promise
    | .found = (.found or ($period | day) < (.days[$promise] // "")) | .days[$promise] = ($period | day)) | .found;
  [$h[:$count][] | select(.number as $n | $void | index($n) | not)]
  | if any(range(1; length) as $i | .[$i].covers.seq < .[$i - 1].covers.seq or .[$i].at < .[$i - 1].at; .) then "bad"
    elif shortens then "shortens"
    elif length == 0 then "none"
    else last | "ok \(.covers.seq) \(.number) \(.at) \(.expires // "never")" end' >"$tmp/newest" || fail "the heads are not valid"
read -r verdict covered newest at expires <"$tmp/newest"
[ "$verdict" != bad ] || fail "a head covers fewer releases than the one before, or is earlier"
[ "$verdict" != shortens ] || fail "a head shortens a notice period of an earlier head"
if [ "$verdict" = none ]; then
  [ -n "$later" ] && newer "$later"
  incomplete "no head covers a release"
fi

# 4. Bodies. Only a redaction may remove one.
jq -r --slurpfile h "$tmp/chain" 'select(.body) | .seq as $n
  | "\(.seq) \(.body.size) \(.body.sha256) \(any($h[].redacts[]?; .seq == $n))"' "$tmp/chain" >"$tmp/wanted" ||
  fail "the headers are not valid"
bodies='' numbers='' gone='' kept='' unfinished=''
: >"$tmp/wanted-digests"
while read -r seq size digest redacted; do
  file=$(printf 'log/%06d.body.json' "$seq")
  if [ -f "$file" ]; then
    if [ "$(wc -c <"$file")" -ne "$size" ]; then
      [ "$seq" -le "$covered" ] || [ "$(tail -c 1 "$file")" = '}' ] || [ "$(wc -c <"$file")" -ge "$size" ] || { unfinished=$seq && break; }
      fail "$file does not have the size that its header states"
    fi
    bodies="$bodies $file" numbers="$numbers,$seq"
    echo "$digest" >>"$tmp/wanted-digests"
    [ "$redacted" = false ] || kept="$kept $seq"
  elif [ "$redacted" = true ]; then
    gone="$gone $seq"
  elif [ "$seq" -gt "$covered" ]; then
    unfinished=$seq && break
  else
    fail "$file is missing, and no redaction names it"
  fi
done <"$tmp/wanted"
replayable=${unfinished:-$releases}
: >"$tmp/bodies"
if [ -n "$bodies" ]; then
  echo "$bodies" | digests | cmp -s - "$tmp/wanted-digests" || fail "a body does not have the digest that its header states"
  check_canonical 16777216 $bodies
  lines $bodies >"$tmp/bodies"
fi

# 5. The unsigned files.
for file in index.json list.json; do
  { [ -f "$file" ] && [ ! -L "$file" ]; } || [ -n "$later" ] || incomplete "$file is missing, or not a file"
done
echo null >"$tmp/list"
if [ -z "$later" ]; then
  check_canonical 65536 index.json
  check_canonical 16777216 list.json
  lines list.json >"$tmp/list"
  verdict=$(jq -nr --slurpfile i index.json --slurpfile l list.json --slurpfile h "$tmp/heads" --slurpfile r "$tmp/headers" \
    --argjson void "[${void#,}]" --arg origin "$origin" --argjson releases "$replayable" "$common"'$i[0] as $i | $l[0] as $l
    | if all($i.format, $l.format; type == "string") | not then "bad is not valid"
      elif $i.format != "changecast-index/1" then "newer the format \($i.format)"
      elif $l.format != "changecast-list/1" then "newer the format \($l.format)"
      elif ($i | keys) - ["format", "head", "origin", "release"] != [] or ($l | keys) - ["format", "list", "origin", "seq", "state"] != []
        or ($l.list | has_unknown)
        then "newer an unknown member"
      elif $i.origin != $origin or $l.origin != $origin then "bad belongs to another log"
      elif all($i.head, $i.release, $l.seq; type == "number") | not then "bad is not valid"
      elif $i.head >= ($h | length) then "incomplete names head \($i.head), which is not there"
      elif $h[$i.head].covers.seq != $i.release or ($void | index($i.head)) then "bad names release \($i.release), but its head does not cover it"
      elif $l.seq != $i.release then "incomplete names release \($i.release), list.json \($l.seq)"
      elif $l.seq >= $releases or ($l | has("state") and has("list") | not) or ($l.list | is_list | not) or $l.state != $r[$l.seq].state then "bad is not the list of its release"
      else "ok" end') || fail "index.json or list.json is not valid"
  set -- $verdict
  verdict=$1
  shift
  stop_at "index.json or list.json" "$verdict" "$*"
fi

# Do the changes of a release agree with the lists before and after (§9)?
agreement='
  def linked: if .href then "[\(.text)](\(.href))" else .text end;
  def escaped: explode | map(if . == 91 or . == 93 or . == 94 or . == 92 then 92, . else . end) | implode;
  def forms: (map(.text) | join("")), (map(linked) | join("")), (map(.text |= escaped | linked) | join(""));
  def matches($rich): . as $text | if $rich == null then . == null or . == "" else any($rich | forms; . == $text) end;
  def title($list): $list.facts.sections[.section].title // "";
  def row_fits($list; $entry): .fields as $cells | $list.entries[$entry.id] as $found | ($found.fields // {}) as $fields
    | $found != null and $entry.name == $found.name and ($entry.section // "") == ($found | title($list))
      and ($cells | type == "array" and length == ($fields | length))
      and all($cells[]; $fields[.field] as $rich | $rich != null and (.text | matches($rich)));
  def rows_fit($list): .entries | type == "array" and all(.[]; . as $row | row_fits($list; $row));
  def field_kind: IN("status-changed", "relocated", "data-changed", "purpose-changed", "transfer-changed", "scope-changed",
    "rescheduled", "certification-changed", "amended");
  def invert: (. // {}) | with_entries({key: .value, value: .key});
  def content: if . == null then . else del(.salt) end;
  def agrees($b; $a; $ids):
    . as $change | .entry.id as $id | (($ids.entries | invert)[$id // ""] // $id) as $old_id
    | def was: $b.entries[$old_id // ""]; def is: $a.entries[$id // ""];
      def is_new: ($b.entries[$id // ""] == null or (($ids.entries // {}) | has($id))) and row_fits($a; .entry);
      def is_gone($entry): ($a.entries[$entry.id] == null or any($ids.entries[]?; . == $entry.id)) and row_fits($b; $entry);
      def facts_differ: ($b.facts | content) != ($a.facts | content);
    if .kind == "published" then $b == null and $a != null and rows_fit($a)
    elif .kind == "restored" then $a != null and ((has("entries") | not) or rows_fit($a))
    elif .kind == "withdrawn" then $b != null and $a == null and rows_fit($b)
    elif .kind == "added" then is_new
    elif .kind == "removed" then is_gone(.entry)
    elif .kind == "replaced" then is_new and (.former | is_gone(.))
    elif .kind == "renamed" then was != null and is != null and .before == was.name and .after == is.name
    elif .kind == "moved" then was != null and is != null
      and (.before // "") == (was | title($b)) and (.after // "") == (is | title($a))
    elif .kind == "columns-changed" then (if has("after") then $a else $b end) as $list
      | all(.cells[]?; $list.entries[.id] as $found | $found != null and (.text | matches($found.fields[$change.field])))
    elif .kind == "corrected" then false
    elif (.kind | field_kind) and has("entry") then .field as $field
        | (($ids.fields | invert)[$field] // (if $ids.fields | has($field) then null else $field end)) as $old_field
      | was != null and is != null and .entry.name == is.name
        and (.before | matches(if $old_field then was.fields[$old_field] else null end)) and (.after | matches(is.fields[$change.field]))
    elif (.kind | field_kind) or (.kind | IN("terms-changed", "sections-changed", "page-text-changed")) then facts_differ
    else true end;
  def named: [.[] | . as $change
    | (if .entry.id then [.entry.id, if .kind == "renamed" then "name" elif .kind == "moved" then "section"
        elif .field then "fields/" + .field else "existence" end] elif has("entries") then empty else ["", "facts"] end),
      (.former | select(. != null) | [.id, "existence"]),
      (select(.kind != "restored") | .entries[]? | [.id, "existence"]),
      (.cells[]? | [.id, "fields/" + $change.field])] | map({key: tojson, value: true}) | from_entries;
  def is_passed_on($ids): . as $key | ($ids.fields // {}) | (has($key) | not) and any(.[]; . == $key);
  def altered($b; $a; $ids; $among): ($ids.entries // {}) as $renamed | ($renamed | invert) as $old
    | ($among[] | . as $id | $a.entries[$id] | select(. != null) | . as $is | ($old[$id] // $id) as $from
        | (if $from == $id and ($renamed | has($id)) then null else $b.entries[$from] end) as $was
        | if $was == null then [$id, "existence"]
          else (($was + $is) | keys[] | select(. != "salt")) as $key
            | if $key == "fields" then ($was.fields // {}) as $before
                | ($before | with_entries(select(.key | is_passed_on($ids) | not) | .key |= ($ids.fields[.] // .))) as $fields
                | ($before | keys[] | select(is_passed_on($ids))),
                  ((($fields + ($is.fields // {})) | keys[]) | select($fields[.] != $is.fields[.])) | [$id, "fields/" + .]
              elif $key == "section" then select(($ids.sections[$was.section] // $was.section) != $is.section) | [$id, $key]
              else select($was[$key] != $is[$key]) | [$id, $key] end
          end),
      ($among[] | select($b.entries[.] != null and $a.entries[$renamed[.] // .] == null) | [., "existence"]),
      (select($b != null and $a != null and ($b.facts | content) != ($a.facts | content)) | ["", "facts"]);
  def disagreement($b; $a; $among): (.ids // {}) as $ids | (.editorial // []) as $editorial | (.changes | named) as $named
    | (first(.changes | to_entries[] | select(.value | agrees($b; $a; $ids) | not) | "change \(.key) does not match the lists"),
       first(altered($b; $a; $ids; $among) | . as [$id, $part]
         | select($named[tojson] or $named[[$id, "existence"] | tojson] or ($part != "existence" and any($editorial[]; . == $id)) | not)
         | "the patch alters an entry that no change names")) // null;'

# 6. Replay. jq applies the patches and prints the leaves of the list that a release alters, and where to check the
# state: an array is a leaf, an object an instruction, a string a fault.
jq -cnS --slurpfile h "$tmp/headers" --slurpfile b "$tmp/bodies" --slurpfile l "$tmp/list" --argjson numbers "[${numbers#,}]" \
  --argjson gone "[$(echo "${gone# }" | tr ' ' ',')]" --argjson releases "$replayable" "$common$agreement"'
  def merge($patch):
    if $patch | type != "object" then $patch
    else reduce ($patch | keys[]) as $key (if type == "object" then . else {} end;
      if $patch[$key] == null then del(.[$key]) else .[$key] = (.[$key] | merge($patch[$key])) end) end;
  def everything: {reset: true}, (select(. != null) | ["", .facts], (.entries | to_entries[] | [.key, .value]));
  def altered($patch): . as $list
    | if $patch.facts then ["", .facts] else empty end,
      (($patch.entries // {}) | keys[] | if $list.entries[.] then [., $list.entries[.]] else {drop: .} end);
  def members: {changes: ["source", "changes", "patch", "reading", "editorial", "ids"], reanchor: ["source", "reading"],
    correction: ["reason", "changes"], redaction: ["ground", "snapshot"], keys: ["reason"], moved: ["reason"]} as $all
    | ($all + {reread: $all.changes})[.];
  def fits($kind): type == "object" and (.salt | salt) and ((.ext // {}) | type == "object")
    and (($kind | members)[0:(if $kind == "changes" or $kind == "reread" then 3 elif $kind == "reanchor" then 1 else 2 end)] - keys == [])
    and all(.source, .ids, .reading; . == null or type == "object") and all(.changes, .editorial; . == null or type == "array")
    and all(.patch, .snapshot; . == null or type == "object") and all(.reason, .ground; . == null or type == "string");
  # The changes of a restored list are relative to the one that was withdrawn.
  def disagreements($i): .list as $a | .basis as $b | .release as $body
    | (if $b != null and $b == .before and $a != null
        then ($body.patch.entries // {} | keys) + ($body.ids.entries // {} | keys + [.[]])
        else [$a, $b | .entries // {} | keys[]] end | unique) as $among
    | (if .basis_known then $body | disagreement($b; $a; $among) else null end) as $problem
    | if $problem then .fault = "bad \($i) \($problem)" elif $a != null then .basis = $a | .basis_known = true else . end;
  ($numbers | with_entries({key: (.value | tostring), value: .key})) as $at
  | foreach (range($releases), "end") as $i ({list: null, known: true, basis: null, basis_known: true};
      .before = .list | .all = false | .patch = null | .release = null
      | if $i == "end" then .
        else $h[$i].kind as $kind | (if $at[$i | tostring] then $b[$at[$i | tostring]] else null end) as $body | ($kind | members) as $members
        | if ($gone | index($i)) and ($kind == "changes" or $kind == "reread") then .known = false | .basis_known = false
          elif $members == null or $body == null then .
          elif $body | fits($kind) | not then .fault = "bad \($i) is not valid"
          elif ($body | keys) - $members - ["ext", "salt"] != [] then .fault = "newer \($i) an unknown member"
          elif $kind == "redaction" then (if .known or $body.snapshot != null or $h[$i].state == null then .list = $body.snapshot | .known = true | .all = true else . end)
            | if $body.snapshot != null then .basis = $body.snapshot | .basis_known = true else . end
          elif ($body | has("patch")) and .known then .list |= merge($body.patch) | .all = (.before == null or .list == null) | .patch = $body.patch | .release = $body
          else . end
        end
      | if .fault == null and (.list | has_unknown) then .fault = "newer \($i) an unknown member of the list"
        elif .fault == null and (.list | is_list | not) then .fault = "bad \($i) does not lead to a list" else . end
      | if .fault == null and .release then disagreements($i) else . end;
      if .fault then .fault
      elif $i == "end" then $l[0] | select(. != null) | (.list | everything), {check: "list", state: .state, empty: (.list == null)}
      elif .known then
        (if .all then .list | everything elif .patch then .patch as $patch | .list | altered($patch) else empty end),
        {check: $i, state: $h[$i].state, empty: (.list == null)}
      else {unknown: $i} end)' >"$tmp/steps" || fail "the log cannot be replayed"
fault=$(grep '^"' "$tmp/steps" | sed -n 1p | tr -d '"')
if [ -n "$fault" ]; then
  set -- $fault
  verdict=$1 seq=$2
  shift 2
  stop_at "the body of release $seq" "$verdict" "$*"
fi
unreplayed=$(jq -r 'select(type == "object") | .unknown // empty' "$tmp/steps" | tr '\n' ' ')

# The digest of every leaf, then the sorted digests after every release, then the digest of these.
mkdir "$tmp/leaves" "$tmp/states"
count=1000000
grep '^\[' "$tmp/steps" >"$tmp/leaf-lines"
while IFS= read -r leaf; do
  printf %s "$leaf" >"$tmp/leaves/$count"
  count=$((count + 1))
done <"$tmp/leaf-lines"
: >"$tmp/leaf-digests"
[ "$count" -eq 1000000 ] || (cd "$tmp/leaves" && find . -type f | sort | digests) | sed 's/.*/"&"/' >"$tmp/leaf-digests"
jq -nr --slurpfile digests "$tmp/leaf-digests" '
  foreach inputs as $step ({leaves: {}, at: 0, out: null};
    .out = null
    | if $step | type == "array" then .leaves[$step[0]] = $digests[.at] | .at += 1
      elif $step.reset then .leaves = {}
      elif $step.drop then del(.leaves[$step.drop])
      elif $step.check != null then .out = "\($step.check) \(if $step.empty then "null" else $step.state // "missing" end) \($step.state) \([.leaves[]] | sort | join(" "))"
      else . end;
    .out // empty)' "$tmp/steps" >"$tmp/checks" || fail "the states cannot be computed"
: >"$tmp/stated"
: >"$tmp/wrong"
while read -r seq empty state leaves; do
  if [ "$empty" = null ] || [ "$state" = null ]; then
    [ "$empty" = "$state" ] || echo "$seq" >>"$tmp/wrong"
  else
    printf '%s\n' $leaves >"$tmp/states/$seq"
    echo "$state $seq" >>"$tmp/stated"
  fi
done <"$tmp/checks"
if [ -s "$tmp/stated" ]; then
  (cd "$tmp/states" && cut -d ' ' -f 2 "$tmp/stated" | digests) >"$tmp/computed"
  cut -d ' ' -f 2 "$tmp/stated" | paste -d ' ' "$tmp/computed" - >"$tmp/found"
  grep -vxF -f "$tmp/stated" "$tmp/found" | cut -d ' ' -f 2 >>"$tmp/wrong"
fi
wrong=$(sed -n 1p "$tmp/wrong")
[ "$wrong" != list ] || fail "list.json does not have the state that it states"
[ -z "$wrong" ] || fail "release $wrong does not lead to the state that its header states"
[ -z "$later" ] || newer "$later"

# 7. log/ and head/ contain nothing else, except what an interrupted publisher was writing next.
{
  for file in $headers $heads; do echo "$file" && echo "$file.sig"; done
  cut -d ' ' -f 1 "$tmp/wanted" | while read -r seq; do printf 'log/%06d.body.json\n' "$seq"; done
} | sort >"$tmp/expected"
next=$(printf 'log/%06d' "$releases")
next_head=$(printf 'head/%06d.json' "$number")
find log head ! -path log ! -path head | sort >"$tmp/present"
while IFS= read -r file; do
  case $file in
    "$next.json" | "$next.json.sig" | "$next.body.json" | "$next_head" | "$next_head.sig") unfinished=$file ;;
    *) [ -f "$file" ] && [ ! -L "$file" ] && grep -qxF -e "$file" "$tmp/expected" || strange="${strange-} $file" ;;
  esac
done <"$tmp/present"
for file in ${strange-}; do
  case $file in
    log/[0-9]*.json | log/[0-9]*.json.sig | head/[0-9]*.json | head/[0-9]*.json.sig) incomplete "$file follows files that are missing" ;;
  esac
  fail "$file does not belong to the log"
done

[ -z "$gone" ] || echo "redacted:$gone; states that cannot be replayed: ${unreplayed:-none}"
[ -z "$kept" ] || echo "warning: redacted, and still there:$kept"
[ -z "$void" ] || echo "void heads: ${void#,}"
[ -z "$unfinished" ] || echo "warning: $unfinished was not written completely and is ignored"
[ "$(jq -r .head index.json)" = "$newest" ] || echo "warning: index.json and list.json are older than the newest head"
if [ "$expires" != never ] && expr "$expires" \< "$now" >/dev/null; then
  finish 4 "EXPIRED: the newest head of $origin, of $at, expired at $expires"
fi
code=$(sed -n "$((covered + 1))s/^\"\(....\)\(....\).*/\1 \2/p" "$tmp/header-digests")
echo "OK: $origin up to release $covered, $code, and head $newest of $at; $releases releases, $number heads"
