#!/usr/bin/env bash
# Serves feeds/ by the nginx configuration of docs/hosting.md, and checks types, caching and conditional requests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
port=${HOSTING_PORT:-8931}
mkdir -p "$work/www" "$work/logs"
chmod 755 "$work"
cp -r feeds "$work/www/trust"
chmod -R a+rX "$work/www"
{
  echo "pid $work/pid; error_log $work/error.log; events {} http { access_log off;"
  for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$kind;"; done
  # shellcheck disable=SC2016
  sed -n '/^```nginx$/,/^```$/p' docs/hosting.md | sed '1d;$d' | sed "s|listen 80;|listen 127.0.0.1:$port;|; s|/srv/www|$work/www|"
  echo "}"
} > "$work/nginx.conf"
nginx -p "$work" -c "$work/nginx.conf" -g "daemon on; user $(id -un);" 2> "$work/start.log" || { cat "$work/start.log" >&2; exit 1; }
trap 'kill "$(cat "$work/pid")" && rm -rf "$work"' EXIT

# usage: expect PATH TYPE SECONDS
expect() {
  local url=http://127.0.0.1:$port/trust/$1 headers etag modified
  headers=$(curl -fsS -o "$work/body" -D - "$url" | tr -d '\r')
  grep -qix "content-type: $2" <<< "$headers" || { echo "$1: not $2:"$'\n'"$headers" >&2; exit 1; }
  grep -qix "cache-control: max-age=$3" <<< "$headers" || { echo "$1: not cached for $3 seconds:"$'\n'"$headers" >&2; exit 1; }
  cmp "$work/body" "feeds/$1"
  etag=$(sed -n 's/^[Ee][Tt]ag: //p' <<< "$headers")
  modified=$(sed -n 's/^[Ll]ast-[Mm]odified: //p' <<< "$headers")
  for condition in "If-None-Match: $etag" "If-Modified-Since: $modified"; do
    code=$(curl -sS -o /dev/null -w '%{http_code}' -H "$condition" "$url")
    [ "$code" = 304 ] || { echo "$1 with $condition: $code" >&2; exit 1; }
  done
  count=$((count + 1))
}
count=0
list=subprocessors
expect index.html "text/html; charset=utf-8" 300
expect style.css "text/css; charset=utf-8" 300
expect filter.js "text/javascript; charset=utf-8" 300
expect llms.txt "text/plain; charset=utf-8" 300
expect $list/index.md "text/markdown; charset=utf-8" 300
expect $list/feed-notice.atom "application/atom+xml" 300
expect $list/index.html "text/html; charset=utf-8" 300
expect feed.atom "application/atom+xml" 900
expect $list/feed.atom "application/atom+xml" 900
expect $list/feed.rss "application/rss+xml" 900
expect $list/feed.json "application/feed+json" 900
expect $list/calendar.ics "text/calendar; charset=utf-8" 900
expect $list/changelog.md "text/markdown; charset=utf-8" 300
expect $list/changelog.csv "text/csv; charset=utf-8" 300
expect $list/verify.sh "text/x-shellscript; charset=utf-8" 300
expect $list/list.json "application/json" 300
expect $list/log/000001.json "application/json" 31536000
expect $list/log/000001.json.sig "text/plain; charset=utf-8" 31536000
expect $list/head/000000.json "application/json" 31536000
archive=$(cd feeds && find $list/archive -name '*.atom' | sort | head -n 1)
expect "$archive" "application/atom+xml" 900
echo "hosting: $count files have the right type, caching and conditional answers"
