#!/usr/bin/env python3
"""A second verifier, written from docs/format.md alone. Needs ssh-keygen.

    verify_log.py ROOT.pub ORIGIN FOLDER [NOW]     verify a published folder
    verify_log.py --vectors tests/vectors          check the verdict on every test vector
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

LIMIT_HEADER, LIMIT_BODY, LIMIT_TEXT, LIMIT_DEPTH, LIMIT_INTEGER = 65536, 16777216, 65536, 16, 2**53
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
SALT = re.compile(r"[0-9a-f]{32}\Z")
TOKEN = re.compile(r"[a-z0-9-]{1,64}\Z")
ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
AUTHORITY = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*),\d{4}(-\d\d(-\d\d)?)?\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
DATE = re.compile(r"\d{4}[0-9:TZQH-]{0,16}\Z")
DURATION = re.compile(r"-?(P[0-9YMWDTH]+|[0-9]+bd)\Z")
ZONE = re.compile(r"[A-Za-z0-9/_+-]{1,64}\Z")
KEY = re.compile(r"[!-~]+ [A-Za-z0-9+/=]+\Z")
COMMIT = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\Z")
READER = re.compile(r"[a-z0-9-]{1,64}/(0|[1-9][0-9]*)\Z")
ROOT_KINDS = {"keys", "redaction", "moved"}
LIST_KINDS = {"changes", "reread"}
FIELD_KINDS = {"status-changed", "relocated", "data-changed", "purpose-changed", "transfer-changed", "scope-changed",
               "rescheduled", "certification-changed", "amended"}
FACT_KINDS = {"terms-changed", "sections-changed", "page-text-changed"}
SIGNATURE_END = b"-----END SSH SIGNATURE-----\n"


class Verdict(Exception):
    """The end of verification with a status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def wrong(message):
    raise Verdict(3, message)


def newer(message):
    raise Verdict(2, f"{message} needs a newer changecast")


def need(holds, message):
    if not holds:
        wrong(message)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_value(value, depth=0):
    """The subset of section 2. json.dumps escapes more than `"` and `\\` only for characters that are not allowed."""
    if isinstance(value, (dict, list)):
        need(depth < LIMIT_DEPTH, "nested too deep")
    if isinstance(value, dict):
        for key, member in value.items():
            need(all(" " <= c <= "~" and c not in '"\\' for c in key), "a key with other characters")
            need(len(key) <= LIMIT_TEXT, "a long key")
            check_value(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_value(item, depth + 1)
    elif isinstance(value, str):
        need(len(value.encode()) <= LIMIT_TEXT, "a long string")
        need(not any(c < " " or "\x7f" <= c <= "\x9f" for c in value), "control characters")
    elif isinstance(value, float) or (isinstance(value, int) and not 0 <= value <= LIMIT_INTEGER):
        wrong("a number that is not an integer from 0 to 2^53")


def parse(data, limit):
    need(len(data) <= limit, "too large")
    try:
        value = json.loads(data.decode("utf-8", "strict"), parse_constant=lambda _: wrong("not JSON"))
        check_value(value)
        same = canonical(value) == data
    except (ValueError, RecursionError, UnicodeError):
        wrong("not JSON")
    need(same, "not canonical")
    return value


def members(value, required, optional=(), ext=True):
    """Checks the members of an object."""
    need(isinstance(value, dict), "not an object")
    for key in required:
        need(key in value, f"{key} is missing")
    known = {*required, *optional} | ({"ext"} if ext else set())
    for key in value:
        if key not in known:
            newer(f"the member {key}")
    need(isinstance(value.get("ext", {}), dict), "ext is not an object")


def text(value, pattern=None):
    need(isinstance(value, str) and (pattern is None or pattern.match(value)), f"{value!r} has another form")
    return value


def integer(value):
    need(isinstance(value, int) and not isinstance(value, bool), f"{value!r} is not an integer")
    return value


def digest_or_null(value):
    need(value is None or DIGEST.match(text(value)), "not a digest")
    return value


def pointer(value, number="seq"):
    members(value, [number, "sha256"], ext=False)
    integer(value[number])
    text(value["sha256"], DIGEST)


def array(value):
    need(isinstance(value, list) and value, "not an array with elements")
    return value


# Signatures (section 3)

def signature_parts(armor):
    """Namespace and key line of a signature in its one form."""
    lines = armor.decode("ascii", "strict").split("\n")
    need(lines[0] == "-----BEGIN SSH SIGNATURE-----" and lines[-2:] == ["-----END SSH SIGNATURE-----", ""], "armor")
    blob = base64.b64decode("".join(lines[1:-2]), validate=True)
    encoded = base64.b64encode(blob).decode()
    expected = [encoded[at:at + 70] for at in range(0, len(encoded), 70)]
    need(lines[1:-2] == expected, "armor in another form")
    rest = blob
    need(rest[:10] == b"SSHSIG\0\0\0\1", "another version")
    rest = rest[10:]
    parts = []
    for _ in range(5):
        length = int.from_bytes(rest[:4], "big")
        need(len(rest) >= 4 + length, "a short signature")
        parts.append(rest[4:4 + length])
        rest = rest[4 + length:]
    key, namespace, reserved, algorithm, signature = parts
    need(rest == b"" and reserved == b"" and algorithm == b"sha512", "another hash, or reserved data")
    need(signature[:19] == b"\0\0\0\x0bssh-ed25519" + b"\0\0\0\x40" and len(signature) == 83, "not Ed25519")
    need(signature[-1] < 16, "a signature that is not strict")
    return namespace.decode(), "ssh-ed25519 " + base64.b64encode(key).decode()


def check_signature(data, armor, namespace, keys):
    try:
        found, key = signature_parts(armor)
    except (ValueError, IndexError):
        wrong("not a signature")
    need(found == namespace, f"signed in the namespace {found}")
    need(key in keys, "signed by a key that may not sign this")
    check_with_key(data, armor, namespace, key)
    return key


def check_with_key(data, armor, namespace, key):
    with tempfile.TemporaryDirectory() as folder:
        allowed, signature = pathlib.Path(folder, "allowed"), pathlib.Path(folder, "sig")
        allowed.write_text(f"signer {key}\n")
        signature.write_bytes(armor)
        command = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "signer", "-n", namespace, "-s", signature]
        done = subprocess.run(command, input=data, capture_output=True, check=False)
    need(done.returncode == 0, "the signature does not verify")


# Documents (sections 5 to 7, 10)

def read_header(data):
    header = parse(data, LIMIT_HEADER)
    need(isinstance(header, dict), "not an object")
    if text(header.get("format")) != "changecast-release/1":
        newer("the format")
    kind = text(header.get("kind"), TOKEN)
    extra = {"correction": ["corrects"], "keys": ["roles"], "redaction": ["redacts"], "moved": ["successor"],
             "changes": [], "reread": [], "reanchor": []}
    common = ["format", "origin", "seq", "prev", "kind", "state"]
    if kind in extra:
        optional = ["authority", "predecessor", "disowned", "last_head"] if kind == "keys" else []
        bodies = ([], ["body"]) if kind in ("keys", "moved") else (["body"], [])
        members(header, common + extra[kind] + bodies[0], optional + bodies[1])
    else:
        need(all(key in header for key in common), "a member is missing")
    text(header["origin"], ORIGIN)
    need(len(header["origin"]) <= 255, "a long origin")
    integer(header["seq"])
    digest_or_null(header["prev"])
    digest_or_null(header["state"])
    if "body" in header:
        members(header["body"], ["sha256", "size"], ext=False)
        text(header["body"]["sha256"], DIGEST)
        integer(header["body"]["size"])
    if kind == "correction":
        pointer(header["corrects"])
    if kind == "redaction":
        pointers(header["redacts"])
    if kind == "moved":
        members(header["successor"], ["origin", "root"], ext=False)
        text(header["successor"]["origin"], ORIGIN)
        for key in array(header["successor"]["root"]):
            text(key, KEY)
    if kind == "keys":
        read_keys(header)
    return header


def pointers(value):
    for item in array(value):
        pointer(item)
    order = [item["seq"] for item in value]
    need(order == sorted(set(order)), "pointers that are not sorted")


def read_keys(header):
    roles = header["roles"]
    need(isinstance(roles, dict), "roles is not an object")
    for keys in roles.values():
        need(isinstance(keys, list), "keys are not an array")
        for key in keys:
            text(key, KEY)
    need(all(role in roles for role in ("root", "release", "head")) and roles["root"], "a role is missing")
    if "authority" in header:
        match = AUTHORITY.match(text(header["authority"]))
        need(match and match.group(1) == header["origin"].split("/")[0], "the authority has another domain")
    if "predecessor" in header:
        members(header["predecessor"], ["origin", "release"], ext=False)
        text(header["predecessor"]["origin"], ORIGIN)
        pointer(header["predecessor"]["release"])
    if "disowned" in header:
        pointers(header["disowned"])
    if "last_head" in header:
        pointer(header["last_head"], "number")


def read_head(data):
    head = parse(data, LIMIT_HEADER)
    need(isinstance(head, dict), "not an object")
    if text(head.get("format")) != "changecast-head/1":
        newer("the format")
    members(head, ["format", "origin", "number", "prev", "covers", "at"], ["expires", "periods", "statements"])
    text(head["origin"], ORIGIN)
    integer(head["number"])
    digest_or_null(head["prev"])
    pointer(head["covers"])
    text(head["at"], TIME)
    text(head.get("expires", head["at"]), TIME)
    covered = head["covers"]["seq"]
    for period in array(head["periods"]) if "periods" in head else []:
        members(period, ["change", "zone"], ["term", "effective", "object_by", "lead_promised", "lead_given"], ext=False)
        for key in ("change", "term"):
            if key in period:
                members(period[key], ["seq", "position"] + ["trigger"] * (key == "term"), ext=False)
                integer(period[key]["position"])
                text(period[key].get("trigger", "x"), TOKEN)
                integer(period[key]["seq"])
        seqs = [period[key]["seq"] for key in ("change", "term") if key in period]
        need(max(seqs) <= covered, "a period of a release that is not covered")
        text(period["zone"], ZONE)
        if "effective" in period:
            members(period["effective"], ["basis", "date"], ext=False)
            text(period["effective"]["basis"], TOKEN)
            text(period["effective"]["date"], DATE)
        for key, pattern in (("object_by", DATE), ("lead_promised", DURATION), ("lead_given", DURATION)):
            text(period.get(key, "2024" if pattern is DATE else "P1D"), pattern)
    for statement in array(head["statements"]) if "statements" in head else []:
        members(statement, ["channel", "sent", "seq"], ext=False)
        text(statement["channel"], TOKEN)
        text(statement["sent"], DATE)
        need(integer(statement["seq"]) <= covered, "a statement on a release that is not covered")
    return head


def check_list(value):
    if value is None:
        return
    need(isinstance(value, dict), "the list is not an object")
    members(value, ["entries", "facts"], ext=False)
    need(isinstance(value["entries"], dict) and "" not in value["entries"], "entries")
    for leaf in [value["facts"], *value["entries"].values()]:
        need(isinstance(leaf, dict) and SALT.match(str(leaf.get("salt"))), "a leaf without salt")
    need(not has_null(value), "null inside of a list")


def has_null(value):
    if isinstance(value, dict):
        return any(has_null(member) for member in value.values())
    if isinstance(value, list):
        return any(has_null(item) for item in value)
    return value is None


def state_of(value):
    if value is None:
        return None
    leaves = [["", value["facts"]]] + [[key, entry] for key, entry in value["entries"].items()]
    return sha("".join(digest + "\n" for digest in sorted(sha(canonical(leaf)) for leaf in leaves)).encode())


def read_body(kind, data):
    body = parse(data, LIMIT_BODY)
    if kind in LIST_KINDS:
        members(body, ["salt", "source", "changes", "patch"], ["reading", "editorial", "ids"])
        need(body["patch"] is None or isinstance(body["patch"], dict), "patch")
        editorial = array(body["editorial"]) if "editorial" in body else []
        need(all(isinstance(key, str) for key in editorial) and editorial == sorted(set(editorial)), "editorial")
        members(body.get("ids", {}), [], ["entries", "sections", "fields"], ext=False)
        for mapping in body.get("ids", {}).values():
            need(isinstance(mapping, dict) and all(isinstance(to, str) for to in mapping.values()), "ids")
    elif kind == "reanchor":
        members(body, ["salt", "source"], ["reading"])
    elif kind == "correction":
        members(body, ["salt", "reason", "changes"])
        text(body["reason"])
    elif kind == "redaction":
        members(body, ["salt", "ground", "snapshot"])
        text(body["ground"])
        check_list(body["snapshot"])
    elif kind in ("keys", "moved"):
        members(body, ["salt", "reason"])
        text(body["reason"])
    else:
        return None
    text(body["salt"], SALT)
    need(isinstance(body.get("reading", {}), dict), "reading is not an object")
    if "source" in body:
        source = body["source"]
        members(source, ["commit", "committed", "path", "reader"], ext=False)
        text(source["commit"], COMMIT)
        text(source["committed"])
        text(source["path"])
        text(source["reader"], READER)
    changes = body.get("changes", [])
    need(isinstance(changes, list), "changes is not an array")
    for change in changes:
        need(isinstance(change, dict) and TOKEN.match(str(change.get("kind"))), "a change without kind")
    return body


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = merge(target.get(key), value)
    return target


# Changes against lists (section 9)

def entry_of(value, key):
    return (value or {"entries": {}})["entries"].get(key)


def matches(words, spans):
    if spans is None:
        return not words
    if words is None:
        return False
    def form(change):
        parts = []
        for span in spans:
            words = change(span["text"])
            parts.append(f"[{words}]({span['href']})" if "href" in span else words)
        return "".join(parts)
    plain = "".join(span["text"] for span in spans)
    return words in (plain, form(lambda words: words), form(lambda words: re.sub(r"([\[\]^\\])", r"\\\1", words)))


def title(value, entry):
    return value["facts"].get("sections", {}).get(entry.get("section"), {}).get("title", "")


def check_row(value, entry, row):
    found = entry_of(value, entry.get("id"))
    need(found is not None, "a row of an entry that is not there")
    need(entry.get("name") == found["name"] and entry.get("section", "") == title(value, found), "another name or section")
    fields = found.get("fields", {})
    need(len(row.get("fields", [])) == len(fields), "a row with other fields")
    for cell in row["fields"]:
        need(cell["field"] in fields and matches(cell.get("text"), fields[cell["field"]]), "a row with another text")


def content(leaf):
    return {key: value for key, value in leaf.items() if key != "salt"}


def check_changes(before, after, body):
    changes, ids = body["changes"], body.get("ids", {})
    old_entry = {to: old for old, to in ids.get("entries", {}).items()}
    old_field = {to: old for old, to in ids.get("fields", {}).items()}
    facts_differ = (before and content(before["facts"])) != (after and content(after["facts"]))
    for change in changes:
        check_change(change, before, after, old_entry, old_field, facts_differ, ids)
    check_named(before, after, body, old_entry)


def check_change(change, before, after, old_entry, old_field, facts_differ, ids):
    kind, entry = change["kind"], change.get("entry")

    def gone(entry, row):
        key = entry.get("id")
        need(entry_of(after, key) is None or key in old_entry, f"{key} is still there")
        check_row(before, entry, row)

    def both():
        key = entry["id"]
        pair = entry_of(before, old_entry.get(key, key)), entry_of(after, key)
        need(None not in pair, f"{key} is not in both lists")
        return pair

    if kind == "published":
        need(before is None and after is not None, "published")
        for row in change["entries"]:
            check_row(after, row, row)
    elif kind == "restored":
        need(after is not None, "restored")
        for row in change.get("entries", []):
            check_row(after, row, row)
    elif kind == "withdrawn":
        need(before is not None and after is None, "withdrawn")
        for row in change["entries"]:
            check_row(before, row, row)
    elif kind in ("added", "replaced"):
        key = entry["id"]
        need(entry_of(before, key) is None or key in ids.get("entries", {}), f"{key} was there")
        check_row(after, entry, change)
        if kind == "replaced":
            gone(change["former"], change["former"])
    elif kind == "removed":
        gone(entry, change)
    elif kind == "renamed":
        old, new = both()
        need((change.get("before"), change.get("after")) == (old["name"], new["name"]), "renamed")
    elif kind == "moved":
        old, new = both()
        sections = title(before, old), title(after, new)
        need((change.get("before", ""), change.get("after", "")) == sections, "moved")
    elif kind in FIELD_KINDS and entry is not None:
        old, new = both()
        field = change["field"]
        need(entry.get("name") == new["name"], "another name")
        need(matches(change.get("before"), old["fields"].get(old_field.get(field, None if field in ids.get("fields", {}) else field))), "another text before")
        need(matches(change.get("after"), new["fields"].get(field)), "another text after")
    elif kind in FIELD_KINDS or kind in FACT_KINDS:
        need(facts_differ, "the facts are the same")
    elif kind == "columns-changed":
        side = after if "after" in change else before
        for cell in change.get("cells", []):
            found = entry_of(side, cell["id"])
            need(found and matches(cell.get("text"), found["fields"].get(change["field"])), "a cell with another text")
    elif kind == "corrected":
        wrong("a correction is a release")


def check_named(before, after, body, old_entry):
    ids, editorial = body.get("ids", {}), set(body.get("editorial", []))
    named = set()
    for change in body["changes"]:
        key = change.get("entry", {}).get("id")
        if key is not None:
            part = {"renamed": "name", "moved": "section"}.get(change["kind"])
            if part is None:
                part = "fields/" + change["field"] if "field" in change else "existence"
            named.add((key, part))
        elif "entries" not in change:
            named.add(("", "facts"))
        if "former" in change:
            named.add((change["former"]["id"], "existence"))
        for row in change.get("entries", []) if change["kind"] != "restored" else []:
            named.add((row["id"], "existence"))
        for cell in change.get("cells", []):
            named.add((cell["id"], "fields/" + change["field"]))

    def altered(key, part):
        need((key, part) in named or (key, "existence") in named or (part != "existence" and key in editorial),
             f"{part} of {key!r} differs, and no change names it")

    entries = ids.get("entries", {})
    for key, new in (after or {"entries": {}})["entries"].items():
        from_key = old_entry.get(key, key)
        old = None if from_key == key and key in entries else entry_of(before, from_key)
        if old is None:
            altered(key, "existence")
            continue
        for member in {*old, *new} - {"salt"}:
            was, now = old.get(member), new.get(member)
            if member == "fields":
                keys = ids.get("fields", {})
                for field in {*(was or {})} - {*keys} & {*keys.values()}:
                    altered(key, "fields/" + field)
                was = {keys.get(field, field): value for field, value in (was or {}).items()
                       if field in keys or field not in keys.values()}
                for field in {*was, *(now or {})}:
                    if was.get(field) != (now or {}).get(field):
                        altered(key, "fields/" + field)
            elif member == "section" and ids.get("sections", {}).get(was, was) == now:
                pass
            elif was != now:
                altered(key, member)
    for key in (before or {"entries": {}})["entries"]:
        if entry_of(after, entries.get(key, key)) is None:
            altered(key, "existence")
    if before and after and content(before["facts"]) != content(after["facts"]):
        altered("", "facts")


# Verification (section 13)

class Log:
    def __init__(self, files, root, origin):
        self.files, self.root, self.origin = files, root, origin
        self.headers, self.digests, self.keys = [], [], []
        self.heads, self.head_digests, self.void = [], [], []

    def signed(self, path):
        """The bytes and the signature; None when the file does not exist; "torn" when it is not whole."""
        data, armor = self.files.get(path), self.files.get(path + ".sig")
        if data is None:
            return None
        whole = data.endswith(b"}") and armor is not None and armor.endswith(SIGNATURE_END)
        return (data, armor) if whole else "torn"

    def roles_after(self, seq):
        return next(keys["roles"] for at, keys in reversed(self.keys) if at <= seq)

    def read_headers(self):
        while True:
            seq = len(self.headers)
            signed = self.signed(f"log/{seq:06}.json")
            if signed is None or signed == "torn":
                if seq == 0:
                    raise Verdict(2, "release 0 is missing")
                return
            self.read_header(seq, *signed)

    def read_header(self, seq, data, armor):
        try:
            namespace, key = signature_parts(armor)
        except (ValueError, IndexError):
            wrong("not a signature")
        if seq == 0:
            if key != self.root:
                need(namespace == "root.v1@changecast", "another namespace")
                check_with_key(data, armor, namespace, key)
                raise Verdict(5, "another root key")
            keys = [self.root]
            need(namespace == "root.v1@changecast", "another namespace")
        else:
            role = namespace.split(".")[0]
            need(namespace in ("root.v1@changecast", "release.v1@changecast"), "another namespace")
            keys = self.roles_after(seq - 1)[role]
        check_signature(data, armor, namespace, keys)
        header = read_header(data)
        kind = header["kind"]
        need(header["seq"] == seq, "another number")
        need(header["origin"] == self.origin, "another origin")
        need(header["prev"] == (self.digests[-1] if seq else None), "prev is not the header before")
        need(seq == 0 or self.headers[-1]["kind"] != "moved", "the log moved")
        known = kind in ROOT_KINDS or kind in LIST_KINDS or kind in ("reanchor", "correction")
        if not known and namespace.startswith("root"):
            newer(f"the kind {kind}")
        if known:
            need((kind in ROOT_KINDS) == namespace.startswith("root"), "the kind does not fit the namespace")
        if kind not in LIST_KINDS and header["state"] != (self.headers[-1]["state"] if seq else None):
            if known:
                wrong("the state must stay")
            newer(f"the kind {kind}")
        need(seq or kind == "keys", "release 0 states no keys")
        for item in [header.get("corrects")] if kind == "correction" else []:
            self.check_pointer(item)
        for item in header["redacts"] if kind == "redaction" else []:
            self.check_pointer(item)
            need("body" in self.headers[item["seq"]], "a redaction of a release without body")
        if kind == "keys":
            for item in header.get("disowned", []):
                self.check_pointer(item)
            need(seq or ("authority" in header and self.root in header["roles"]["root"]), "release 0 is not complete")
            need(seq == 0 or "predecessor" not in header, "a predecessor in a later release")
            self.keys.append((seq, header))
        self.headers.append(header)
        self.digests.append(sha(data))

    def check_pointer(self, item):
        need(item["seq"] < len(self.digests) and self.digests[item["seq"]] == item["sha256"], "a pointer to nothing")

    def read_heads(self):
        every = {key for _, keys in self.keys for key in keys["roles"]["head"]}
        seen = {}
        while True:
            number = len(self.heads)
            signed = self.signed(f"head/{number:06}.json")
            if signed is None or signed == "torn":
                break
            data, armor = signed
            key = check_signature(data, armor, "head.v1@changecast", every)
            head = read_head(data)
            need(head["number"] == number and head["origin"] == self.origin, "another number or origin")
            need(head["prev"] == (self.head_digests[-1] if number else None), "prev is not the head before")
            seq = head["covers"]["seq"]
            if seq >= len(self.digests):
                raise Verdict(2, f"head {number} covers release {seq}, which is not there")
            need(self.digests[seq] == head["covers"]["sha256"], "it covers another release")
            need(key in self.roles_after(seq)["head"], "not a head key at this release")
            void = any(key not in keys["roles"]["head"] and number > keys.get("last_head", {"number": number})["number"]
                       for _, keys in self.keys)
            if not void:
                valid = [other for other, is_void in zip(self.heads, self.void) if not is_void]
                if valid:
                    need(seq >= valid[-1]["covers"]["seq"] and head["at"] >= valid[-1]["at"], "a head that goes back")
                for period in head.get("periods", []):
                    term = period.get("term", {})
                    name = canonical([period["change"], term.get("trigger"), term.get("position")])
                    if seen.get(name):
                        need(period.get("object_by", "")[:10] >= seen[name][:10], "a shorter period")
                    seen[name] = period.get("object_by")
            self.heads.append(head)
            self.head_digests.append(sha(data))
            self.void.append(void)
        for _, keys in self.keys:
            if "last_head" in keys:
                last = keys["last_head"]
                if last["number"] >= len(self.heads):
                    raise Verdict(2, "the last head that a keys release names is not there")
                need(self.head_digests[last["number"]] == last["sha256"], "another last head")

    def replay(self):
        valid = [head for head, void in zip(self.heads, self.void) if not void]
        self.covered = valid[-1]["covers"]["seq"] if valid else -1
        redacted = {item["seq"] for header in self.headers if header["kind"] == "redaction" for item in header["redacts"]}
        current = basis = None
        known = basis_known = True
        self.states, self.not_replayed, self.complete = [], [], 0
        for seq, header in enumerate(self.headers):
            body = None
            if "body" in header:
                data = self.files.get(f"log/{seq:06}.body.json")
                torn = data is None or (not data.endswith(b"}") and len(data) < header["body"]["size"])
                if torn and seq > self.covered and seq not in redacted:
                    break
                if data is None:
                    need(seq in redacted, f"body {seq} is missing")
                else:
                    need(len(data) == header["body"]["size"] and sha(data) == header["body"]["sha256"], "another body")
                    body = read_body(header["kind"], data)
            kind = header["kind"]
            if kind in LIST_KINDS:
                if body is None:
                    known = basis_known = False
                elif known:
                    after = merge(current, body["patch"]) if body["patch"] is not None else None
                    check_list(after)
                    if basis_known:
                        check_changes(basis, after, body)
                    if after is not None:
                        basis, basis_known = after, True
                    current = after
            elif kind == "redaction" and body:
                current, known = body["snapshot"], True
                if current is not None:
                    basis, basis_known = current, True
            if known:
                need(state_of(current) == header["state"], f"the list after {seq} is not the signed one")
            else:
                self.not_replayed.append(seq)
            self.complete = seq + 1

    def check_names(self):
        for path in self.files:
            folder, _, name = path.partition("/")
            if folder not in ("log", "head"):
                continue
            match = re.match(r"(\d{6}|[1-9]\d{6,})\.(json|json\.sig|body\.json)\Z", name)
            need(match and not (folder == "head" and match[2] == "body.json"), f"{path} does not belong to the log")
            number, count = int(match[1]), len(self.headers if folder == "log" else self.heads)
            if number > count:
                raise Verdict(2, f"{path} follows what is missing")
            if number < count and match[2] == "body.json":
                need("body" in self.headers[number], f"{path} is not named by its header")

    def check_unsigned(self):
        for path in ("index.json", "list.json"):
            if path not in self.files:
                raise Verdict(2, f"{path} is missing")
        index, listed = parse(self.files["index.json"], LIMIT_HEADER), parse(self.files["list.json"], LIMIT_BODY)
        for value, name, keys in ((index, "changecast-index/1", ["head", "release"]),
                                  (listed, "changecast-list/1", ["list", "seq", "state"])):
            need(isinstance(value, dict), "not an object")
            if text(value.get("format")) != name:
                newer("the format")
            members(value, ["format", "origin", *keys], ext=False)
            need(value["origin"] == self.origin, "another origin")
        if integer(index["head"]) >= len(self.heads):
            raise Verdict(2, "index.json names a head that is not there")
        head = self.heads[index["head"]]
        need(not self.void[index["head"]] and head["covers"]["seq"] == index["release"], "index.json contradicts its head")
        if listed["seq"] != index["release"]:
            raise Verdict(2, "list.json and index.json name different releases")
        check_list(listed["list"])
        need(listed["state"] == state_of(listed["list"]) == self.headers[listed["seq"]]["state"], "list.json")

    def verify(self, now):
        self.read_headers()
        self.read_heads()
        self.replay()
        self.check_names()
        if self.covered < 0:
            raise Verdict(2, "no head covers a release")
        self.check_unsigned()
        newest = [head for head, void in zip(self.heads, self.void) if not void][-1]
        if now > newest.get("expires", now):
            raise Verdict(4, "the newest head has expired")

    def report(self):
        published = []
        for seq in range(self.complete):
            covering = [head["at"] for head, void in zip(self.heads, self.void) if not void and head["covers"]["seq"] >= seq]
            published.append(covering[0] if covering else None)
        return {"covered": self.covered, "not_replayed": self.not_replayed, "published": published,
                "state": self.headers[self.covered]["state"],
                "void_heads": [number for number, void in enumerate(self.void) if void]}


def run(files, root, origin, now):
    log = Log(files, root, origin)
    try:
        log.verify(now)
        return 0, "authentic", log.report()
    except Verdict as verdict:
        return verdict.status, str(verdict), None


def main():
    if sys.argv[1:2] == ["--vectors"]:
        failed = 0
        for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
            vector = json.loads(path.read_text())
            files = {name: data.encode() for name, data in vector["files"].items()}
            status, message, report = run(files, vector["root"], vector["origin"], vector["now"])
            good = status == vector["status"] and (report is None or report == vector["verified"])
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {path.stem}: {status} {message}")
        sys.exit(1 if failed else 0)
    root, origin, folder = sys.argv[1:4]
    now = sys.argv[4] if len(sys.argv) > 4 else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    files = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = pathlib.Path(base, name)
            files[str(path.relative_to(folder))] = path.read_bytes()
    key = " ".join(pathlib.Path(root).read_text().split()[:2])
    status, message, report = run(files, key, origin, now)
    print(message, json.dumps(report) if report else "", file=sys.stdout if status == 0 else sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
