#!/usr/bin/env python3
"""Adds the names of countries of Unicode CLDR to country_names.tsv.

CLDR is read with Babel: `pip install babel`, then `python3 country_names.py`. Rows that exist stay, so names
of earlier releases of CLDR are still known. `--check` only reports whether rows are missing.
"""

import pathlib
import re
import sys
import unicodedata

from babel import Locale

TABLE = pathlib.Path(__file__).with_name("country_names.tsv")
# The languages of the EU except English, which areas.rs knows, and those of other countries with such lists.
LANGUAGES = """bg cs da de el es et fi fr ga hr hu it lt lv mt nl pl pt pt_PT ro sk sl sv
nb nn is uk tr zh zh_Hant ja ko""".split()
# Codes of CLDR that are not countries of ISO 3166-1.
NO_COUNTRIES = "EU EZ UN QO XA XB ZZ AC CP DG EA IC TA XK CQ".split()
# Names that are words of other languages. Those of WHOLE count where a text has no other words.
LEFT_OUT = set("man mon tai cad cada cin fas gine ira sile sili somali".split())
WHOLE = {"island"}
DASHES = re.compile("[\u2010-\u2015\u2212]")
QUOTES = re.compile("[\u2018-\u201b\u2032]")


def fold(name):
    """The form in which the program compares names (changecast_core::model::fold)."""
    lower = unicodedata.normalize("NFKC", name).lower()
    plain = QUOTES.sub("'", DASHES.sub("-", lower))
    return re.sub(r"\s+", " ", plain).strip(" .,;:*!")


def without_accents(name):
    """A name in Latin or Greek letters as it is written on keyboards without accents."""
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    if not scripts <= {"LATIN", "GREEK"}:
        return name
    letters = (c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return "".join(letters).translate(str.maketrans("øłđı", "oldi"))


def names_of_cldr():
    """The countries of each name, which should be one. Remarks in parentheses are not part of a name."""
    names = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) != 2 or not code.isalpha() or code in NO_COUNTRIES:
                continue
            folded = fold(fold(name).split("(")[0])
            for spelling in {folded, without_accents(folded)}:
                names.setdefault(spelling, set()).add(code)
    return names


def main():
    text = TABLE.read_text(encoding="utf-8")
    comment = [line for line in text.splitlines() if line.startswith("# ")]
    rows = dict(line.split("\t", 1) for line in text.splitlines() if not line.startswith("# "))
    missing = {
        name: "\t".join([*codes, "whole"] if name in WHOLE else codes)
        for name, codes in names_of_cldr().items()
        if len(codes) == 1 and name not in rows and name not in LEFT_OUT
    }
    if "--check" in sys.argv[1:]:
        sys.exit(f"rows are missing: {sorted(missing)}" if missing else 0)
    rows = sorted({**rows, **missing}.items(), key=lambda row: row[0].encode())
    lines = comment + ["\t".join(row) for row in rows]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
