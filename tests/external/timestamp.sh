#!/bin/sh
# An RFC 3161 token over a published head, with OpenSSL's own timestamp authority: it fits without
# changing a published byte. Needs openssl and jq.
set -eu
vectors=$(cd -- "$(dirname -- "$0")/../vectors" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd -- "$tmp"
jq -j '.files["head/000001.json"]' "$vectors/valid-two-heads.json" >head.json

cat >tsa.cnf <<'CNF'
[req]
distinguished_name = dn
prompt = no
x509_extensions = tsa
[dn]
CN = Test timestamp authority
[tsa]
extendedKeyUsage = critical, timeStamping

[tsa_config]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
CNF
openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 1 -config tsa.cnf 2>/dev/null
echo 01 >serial
openssl ts -query -data head.json -sha256 -cert -out query.tsq 2>/dev/null
openssl ts -reply -config tsa.cnf -section tsa_config -queryfile query.tsq -out reply.tsr 2>/dev/null
openssl ts -verify -data head.json -in reply.tsr -CAfile tsa.pem 2>/dev/null | grep -q '^Verification: OK' ||
  { echo "the token does not verify" >&2; exit 1; }

# Another head has another token.
printf ' ' >>head.json
if openssl ts -verify -data head.json -in reply.tsr -CAfile tsa.pem >/dev/null 2>&1; then
  echo "the token verifies over other bytes" >&2
  exit 1
fi
echo "OK: a timestamp token over a head verifies"
