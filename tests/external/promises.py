#!/usr/bin/env python3
"""Checks that notice terms can express the promises of a table of public pages.

usage: promises.py PROGRAM PROMISES.tsv

Each row of the table summarises the promise of a page. promises.yaml next to this script has a block of terms for it. `show
--format yaml` must return the block unchanged, and what the columns of the row state must be found in it again. Rows that
are not expressed are listed with what is missing; at least 24 of 28 must be. Two are known: terms cannot limit a window to one
kind of change (P43, P61) where the page states no notice before the change.
"""
import csv, json, os, pathlib, re, subprocess, sys, tempfile

import yaml

PROGRAM, TABLE = (os.path.abspath(argument) for argument in sys.argv[1:3])
BLOCKS = yaml.safe_load(pathlib.Path(__file__).with_name("promises.yaml").read_text())
UNITS = {"calendar": "d", "business": "bd", "week": "w"}
KINDS = {
    "addition": "added", "replacement": "replaced", "activation": "activated", "move to Active list": "activated",
    "change": "any", "any": "any", "any change": "any", "any list change": "any", "per vendor": "any",
}
# Words of the columns, and the events that terms have for them.
EVENTS = {
    "processing": "effective", "effect": "effective", "force": "effective", "access": "effective", "allowing": "effective",
    "adding": "listing", "workspace": "activation", "upstream": "upstream-publication",
}
STARTS = {"notification": "notification", "notice": "notification", "receipt": "receipt", "appearance": "listing"}
CHANNELS = {
    "email": "email", "page": "page", "console": "console", "subscription": "subscription", "subscribers": "email",
    "platform": "in-product", "terms of service": "document", "sign-in": "sign-in",
}
SILENT = ("", "-", "not-stated")


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def words(text):
    return {word[:6] for word in re.findall(r"[a-z]{4,}", str(text).lower())} - {"custom", "only", "that", "with", "needs"}


class Promise:
    """A row of the table with its block of terms."""

    def __init__(self, row):
        self.row, self.block = row, BLOCKS.get(row["id"], {})
        self.text = json.dumps(self.block).lower()
        self.leads = {kind: [lead if isinstance(lead, dict) else {"time": lead} for lead in listed(leads)]
                      for kind, leads in self.block.get("lead", {}).items()}
        self.objection = self.block.get("objection", {})

    def missing(self):
        return [name for name in dir(self) if name.startswith("has_") and not getattr(self, name)()]

    def times(self):
        return {lead["time"] for leads in self.leads.values() for lead in leads}

    def has_lead(self):
        lead, unit = self.row["lead"], UNITS.get(self.row["lead_unit"], "d")
        exact = {time for time in self.times() if re.fullmatch(r"\d+[a-z]+", time)}
        if "or" in lead.split():
            return self.times() == {"column:notice"}
        if lead.startswith("not-stated"):
            return not exact and ("before" in self.times()) == ("(" in lead)
        after = [duty["within"] for duty in listed(self.block.get("duties")) if "within" in duty]
        return f"{lead}{unit}" in (exact or after)

    def has_lead_start(self):
        text = self.row["lead_counts_from"]
        found = {event for leads in self.leads.values() for lead in leads for event in listed(lead.get("before"))}
        found |= {duty["after"] for duty in listed(self.block.get("duties"))}
        if "clear days" in text:
            return self.block.get("clear") is True
        stated = {event for word, event in EVENTS.items() if word in text.lower()}
        return stated <= found if "replacing" not in text else found <= {"listing", "effective"}

    def has_kinds(self):
        stated = {KINDS[kind.strip()] for kind in self.row["applies_to"].split(",") if kind.strip() in KINDS}
        named = set(self.leads) | {kind for rule in listed(self.block.get("exceptions")) if isinstance(rule, dict)
                                   for kind in listed(rule.get("applies-to"))}
        # Terms without leads concern every kind of change.
        return stated <= (named or {"any"}) if stated else True

    def has_window(self):
        stated, within = self.row["objection"], self.objection.get("within")
        if stated in SILENT:
            return within is None
        if stated.startswith("open"):
            return bool(self.objection) and within is None
        if "contract" in stated:
            return within == "contract"
        if stated.startswith(("=", "until")):
            return within == "until-effective"
        return within == re.match(r"\d+", stated).group() + UNITS.get(self.row["objection_unit"], "d")

    def has_window_start(self):
        stated = {event for word, event in STARTS.items() if word in self.row["counts_from"].split("(")[0].lower()}
        stated = {"receipt"} if "receipt" in stated else stated
        return self.row["counts_from"] in SILENT and "from" not in self.objection or stated == set(listed(self.objection.get("from")))

    def has_exception(self):
        stated = self.row["exception"]
        if stated in SILENT:
            return "exceptions" not in self.block
        return "exceptions" in self.block and bool(words(stated) & words(self.text) or re.search(r"72", stated) and "72h" in self.text)

    def has_channels(self):
        stated = self.row["channel"]
        if stated in SILENT:
            return "channels" not in self.block
        named = {channel for word, channel in CHANNELS.items() if word in stated.lower()}
        is_choice = bool(re.search(r"\bor\b", stated, re.I)) and "and/or" not in stated
        rule = self.block.get("channel-rule") == "any" or "and/or" in stated
        return named <= set(listed(self.block.get("channels"))) and (rule or not is_choice)

    def has_conditions(self):
        stated = self.row["scope_conditions"]
        return stated in SILENT or stated == "per row" and "column:" in self.text or bool(words(stated) & words(self.text))

    def has_silence(self):
        return self.row["silent_acceptance"].startswith("yes") == (self.objection.get("silence") == "acceptance")

    def has_other_numbers(self):
        return all(re.search(rf"\b{number}(d|w|bd|h)\b", self.text) for number in re.findall(r"\d+", self.row["other"]))


def shown(promises):
    """The blocks as `show` returns them."""
    with tempfile.TemporaryDirectory() as repo:
        for promise in promises:
            document = {"notice": promise.block, "entries": [{"name": "Nordhaven"}]}
            pathlib.Path(repo, f"{promise.row['id']}.yaml").write_text(yaml.safe_dump(document))
        git = ["git", "-C", repo, "-c", "user.name=A", "-c", "user.email=a@a.example"]
        for command in [["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "promises"]]:
            subprocess.run([*git, *command], check=True)
        for promise in promises:
            command = [PROGRAM, "show", "--repo", repo, "--inventory", f"{promise.row['id']}.yaml", "--format", "yaml"]
            text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            yield yaml.safe_load(text).get("notice", {})


def main():
    with open(TABLE, newline="") as file:
        promises = [Promise(row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    expressed = 0
    for promise, returned in zip(promises, shown(promises)):
        missing = promise.missing()
        if returned != promise.block:
            missing.append(f"show returned {json.dumps(returned)}")
        expressed += not missing
        if missing:
            print(f"{promise.row['id']}: {', '.join(missing)}")
    print(f"{expressed} of {len(promises)} promises expressed")
    assert expressed * 28 >= 24 * len(promises), "fewer than 24 of 28"


main()
