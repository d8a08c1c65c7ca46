#!/usr/bin/env python3
"""Writes crates/core/tests/notice/dates.tsv: terms, events, and the deadlines that follow from them.

The dates are computed here with Python's calendar, without any code of changecast. `--check` compares instead of writing.
"""
import calendar, datetime as dt, math, pathlib, sys
from zoneinfo import ZoneInfo

FOLDER = pathlib.Path(__file__).parent.parent.parent / "crates/core/tests/notice"
COLUMNS = """id group lead lead2 window counts_from applies holidays weekend zone roll clear emergency_allowed published
effective_text kind emergency reason first_published first_effective spelling expect_effective expect_basis
expect_object_by expect_lead_given expect_lead_result expect_lead_delta expect_lead2_result expect_lead2_delta
expect_late expect_object_after_effective""".split()
DAY = dt.timedelta(days=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# The periods in which rows state effective dates, with their first days.
PERIODS = {
    "2027-Q1": ("2027-01-01", "quarter"), "2027-Q2": ("2027-04-01", "quarter"), "Q3 2027": ("2027-07-01", "quarter"),
    "2026-Q4": ("2026-10-01", "quarter"), "H1 2027": ("2027-01-01", "half-year"), "2027-H2": ("2027-07-01", "half-year"),
    "2027": ("2027-01-01", "year"), "2028": ("2028-01-01", "year"), "February 2028": ("2028-02-01", "month"),
    "2027-05": ("2027-05-01", "month"), "June 2027": ("2027-06-01", "month"), "2028 and beyond": ("2028-01-01", "open"),
    "2027 and beyond": ("2027-01-01", "open"), "1. M\u00e4rz 2027": ("2027-03-01", ""), "1 March 2027": ("2027-03-01", ""),
    "March 1st, 2027": ("2027-03-01", ""), "1er mars 2027": ("2027-03-01", ""), "31.12.2026": ("2026-12-31", ""),
}
NO_DATES = ["", "TBC", "soon", "2027-02-29", "2026-04-31", "2027-13-01", "30.02.2028", "n/a", "2100-02-29", "next month"]


class ListEnds(Exception):
    pass


class Terms:
    def __init__(self, row):
        name = row["holidays"]
        lines = [] if name == "NONE" else (FOLDER / f"holidays/{name}.txt").read_text().splitlines()
        self.holidays = {dt.date.fromisoformat(l.split()[0]) for l in lines if l and not l.startswith("#")}
        self.until = dt.date(max(self.holidays).year, 12, 31) if self.holidays else None
        self.weekend = set(row["weekend"].split(","))
        zone = row["zone"]
        if zone[0] in "+-":
            minutes = int(zone[1:3]) * 60 + int(zone[4:6])
            self.zone = dt.timezone(dt.timedelta(minutes=minutes if zone[0] == "+" else -minutes))
        else:
            self.zone = ZoneInfo(zone)
        self.roll, self.clear = row["roll"], row["clear"] == "true"

    def local(self, instant):
        return instant.astimezone(self.zone).date()

    def works(self, day):
        if self.until and day > self.until:
            raise ListEnds
        return WEEKDAYS[day.weekday()] not in self.weekend and day not in self.holidays

    def end(self, instant, length):
        count, unit = split(length)
        day = self.local(instant)
        if unit == "h":
            return instant + dt.timedelta(hours=count)
        if unit == "bd":
            while count:
                day += DAY
                count -= self.works(day)
            return day
        if unit in "dW":
            return day + count * DAY * (7 if unit == "W" else 1)
        month = day.month - 1 + count
        year, month = day.year + month // 12, month % 12 + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

    def moved(self, day):
        while self.roll and isinstance(day, dt.date) and not isinstance(day, dt.datetime) and not self.works(day):
            day += DAY
        return day

    def business_days(self, a, b):
        if a > b:
            return -self.business_days(b, a)
        return sum(self.works(a + (i + 1) * DAY) for i in range((b - a).days))

    def start(self, day):
        # The first instant whose local day is this one; zone changes are on full quarter hours.
        instant = dt.datetime(day.year, day.month, day.day, tzinfo=dt.timezone.utc) - 14 * dt.timedelta(hours=1)
        while self.local(instant) < day:
            instant += dt.timedelta(minutes=15)
        return instant


def split(length):
    unit = "bd" if length.endswith("bd") else length[-1]
    return int(length[: -len(unit)]), unit


def shown(date):
    if isinstance(date, dt.datetime):
        return date.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return date.isoformat()


def stated(text):
    if text in NO_DATES:
        return None, ""
    first, precision = PERIODS.get(text, (text, ""))
    return dt.date.fromisoformat(first), precision


def moment(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def expect(row):
    terms = Terms(row)
    published = moment(row["published"])
    date, precision = stated(row["effective_text"])
    base = published
    if row["first_published"]:
        first, _ = stated(row["first_effective"])
        if first is None and date is None or first and date and date >= first:
            base = moment(row["first_published"])
        elif date is None:
            base = moment(row["first_published"])
    covered = row["kind"] in row["applies"].split(",")
    leads = [l for l in (row["lead"], row["lead2"]) if l] if covered else []
    ends = []
    for lead in leads:
        end = terms.end(base, lead)
        ends.append(end + DAY if terms.clear and not isinstance(end, dt.datetime) else end)
    as_instant = lambda end: end if isinstance(end, dt.datetime) else terms.start(end + DAY)
    if date is not None:
        effective, basis = date, f"stated ({precision})" if precision else "stated"
    elif ends:
        effective, basis = max(ends, key=as_instant), "derived"
    else:
        effective, basis = None, "-"
    out = {"expect_effective": shown(effective) if effective else "-", "expect_basis": basis}
    day = terms.local(effective) if isinstance(effective, dt.datetime) else effective
    object_by = None
    if not covered:
        out["expect_object_by"] = "none"
    elif not row["window"]:
        out["expect_object_by"] = "not-stated"
    elif row["window"] == "until-effective":
        known = ends + ([effective] if effective else [])
        object_by = min(known, key=as_instant) if known else None
        out["expect_object_by"] = shown(object_by) if object_by else "not-stated"
    elif row["counts_from"] == "effective":
        if day:
            count, unit = split(row["window"])
            noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=terms.zone)
            start = terms.start(day) if unit == "h" else noon
            object_by = terms.moved(terms.end(start, row["window"]))
        out["expect_object_by"] = shown(object_by) if object_by else "not-stated"
    else:
        object_by = terms.moved(terms.end(base, row["window"]))
        out["expect_object_by"] = shown(object_by)
        if row["counts_from"] == "receipt":
            out["expect_object_by"], object_by = "not before " + shown(object_by), None
    excused = row["emergency"] == "yes" and row["emergency_allowed"] == "yes" and row["reason"]
    for name, at in (("", 0), ("2", 1)):
        missing = ("none" if not covered else "not-stated") if at == 0 else "-"
        given = delta = "-"
        if at < len(leads) and effective:
            count, unit = split(leads[at])
            if unit == "h":
                start = effective if isinstance(effective, dt.datetime) else terms.start(effective)
                number = math.floor((start - base).total_seconds() / 3600)
                difference, suffix = number - count, "h"
            elif unit == "bd":
                number = terms.business_days(terms.local(base), day - DAY if terms.clear else day)
                difference, suffix = number - count, "bd"
            else:
                number = (day - terms.local(base)).days - terms.clear
                difference, suffix = (day - ends[at]).days, "d"
            given, delta = f"{number}{suffix}", f"{difference:+d}{suffix}"
            missing = "kept" if difference >= 0 else "emergency" if excused else "missed"
        out[f"expect_lead{name}_result"] = missing
        out[f"expect_lead{name}_delta"] = delta
        if at == 0:
            out["expect_lead_given"] = given
    late = basis != "derived" and effective is not None
    out["expect_late"] = ("yes" if day < terms.local(base) else "no") if late else "-"
    after = "-"
    if object_by and effective:
        if isinstance(object_by, dt.datetime) or isinstance(effective, dt.datetime):
            after = "yes" if shown(object_by) > shown(effective) else "no"
        else:
            after = "yes" if object_by > effective else "no"
    out["expect_object_after_effective"] = after
    return out


ROWS = []


def add(group, **cells):
    row = dict.fromkeys(COLUMNS, "")
    row.update(counts_from="notification", applies="added,replaced,relocated", holidays="NONE", weekend="sat,sun", zone="UTC",
               emergency_allowed="no", kind="added", emergency="no", group=group, id=f"R{len(ROWS) + 1:03}")
    row.update(cells)
    try:
        row.update(expect(row))
    except ListEnds:
        row["expect_effective"] = "error"
    ROWS.append(row)


def build():
    for lead in ("7d", "21d", "30d", "60d", "3W", "1M", "2M", "3M", "11M"):
        for published, effective in (
            ("2028-01-30T08:00:00Z", "2028-02-29"), ("2028-02-29T23:59:59Z", "2028-03-30"), ("2027-02-28T00:00:00Z", "2028-02-28"),
            ("2026-12-31T12:00:00Z", "2027-01-31"), ("2027-05-31T12:00:00Z", "2027-06-30"),
        ):
            add("lengths", lead=lead, window="14d", published=published, effective_text=effective)
    for window in ("5d", "15d", "28d", "2W", "1M", "4M", "3bd", "20bd", "24h", "36h"):
        for published in ("2026-04-01T09:00:00Z", "2027-12-23T21:30:00Z", "2028-02-28T10:00:00Z"):
            add("windows", lead="30d", window=window, holidays="NORD", published=published, effective_text="2028-12-01")
    for weekend in ("sat,sun", "sun", "fri,sat"):
        for lead in ("1bd", "4bd", "22bd"):
            for published in ("2026-04-02T10:00:00Z", "2026-12-23T10:00:00Z", "2027-01-02T10:00:00Z"):
                add("business", lead=lead, window="10bd", holidays="NORD", weekend=weekend, published=published,
                    effective_text="2027-02-01")
    for zone in ("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "+14:00",
                 "-11:30", "America/Santiago"):
        for published in ("2026-03-28T23:30:00Z", "2026-10-25T00:30:00Z", "2026-12-31T10:30:00Z"):
            add("zones", lead="30d", window="14d", zone=zone, published=published, effective_text="2027-01-30")
        add("zones", lead="72h", window="48h", zone=zone, published="2026-09-04T22:15:00Z", effective_text="2026-09-08")
    for text in PERIODS:
        add("periods", lead="30d", window="14d", published="2026-12-10T10:00:00Z", effective_text=text)
    for text in NO_DATES:
        add("no date", lead="30d", window="14d", published="2026-12-10T10:00:00Z", effective_text=text)
        add("no date", lead="15bd", window="until-effective", holidays="NORD", published="2026-12-10T10:00:00Z", effective_text=text)
    for text in ("", "2026-12-20", "2027-02-01"):
        add("until effective", lead="30d", window="until-effective", published="2026-12-10T10:00:00Z", effective_text=text)
        add("until effective", window="until-effective", published="2026-12-10T10:00:00Z", effective_text=text)
        add("from effect", lead="30d", window="10d", counts_from="effective", published="2026-12-10T10:00:00Z", effective_text=text)
        add("from effect", lead="30d", window="36h", counts_from="effective", published="2026-12-10T10:00:00Z", effective_text=text)
        add("receipt", lead="30d", window="10bd", counts_from="receipt", published="2026-12-10T10:00:00Z", effective_text=text)
        add("clear", lead="30d", window="14d", clear="true", published="2026-12-10T10:00:00Z", effective_text=text)
        add("clear", lead="1M", window="14d", clear="true", published="2026-12-31T10:00:00Z", effective_text=text)
        add("two leads", lead="30bd", lead2="10bd", window="10d", published="2026-12-10T10:00:00Z", effective_text=text)
        add("hours", lead="96h", window="24h", published="2026-12-10T10:20:00Z", effective_text=text)
        add("not covered", lead="30d", window="10d", kind="removed", published="2026-12-10T10:00:00Z", effective_text=text)
    for published in ("2026-03-20T10:00:00Z", "2026-12-10T10:00:00Z", "2026-12-11T10:00:00Z", "2027-03-12T10:00:00Z"):
        add("rolled", lead="30d", window="14d", roll="next-working-day", holidays="NORD", published=published)
        add("rolled", lead="30d", window="2W", roll="next-working-day", published=published)
    for moved in ("2027-01-10", "2027-01-15", "2027-02-20", "2027-06-01", ""):
        for again in ("2026-12-20T10:00:00Z", "2027-01-18T10:00:00Z"):
            add("moved", lead="30d", window="14d", first_published="2026-12-10T10:00:00Z", first_effective="2027-01-15",
                published=again, effective_text=moved)
    for emergency_allowed in ("yes", "no"):
        for emergency, reason in (("yes", "provider closed"), ("yes", ""), ("no", "")):
            for effective in ("2026-12-12", "2027-03-01"):
                add("emergency", lead="30d", window="14d", emergency_allowed=emergency_allowed, emergency=emergency,
                    reason=reason, published="2026-12-10T10:00:00Z", effective_text=effective)
    for effective in ("2026-12-09", "2025-12-10", "2026-12-10", "2026-11-30"):
        for lead in ("30d", "10bd", "48h", "1M"):
            add("late", lead=lead, window="14d", published="2026-12-10T10:00:00Z", effective_text=effective)
    for lead in ("5bd", "20bd"):
        for published in ("2026-12-10T10:00:00Z", "2027-01-10T10:00:00Z"):
            add("list ends", lead=lead, window="14d", holidays="SHORT", published=published)
    for spelling, lead, window in (("P30D/P14D", "30d", "14d"), ("P2M/P3W", "2M", "3W"), ("PT72H/PT24H", "72h", "24h")):
        add("spelling", lead=lead, window=window, spelling=spelling, published="2026-12-10T10:00:00Z", effective_text="2027-02-01")


def main():
    build()
    lines = ["\t".join(COLUMNS)] + ["\t".join(row[name] for name in COLUMNS) for row in ROWS]
    text = "\n".join(lines) + "\n"
    path = FOLDER / "dates.tsv"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if path.read_text() == text else f"{path} differs from what this script computes")
    path.write_text(text)
    print(f"{len(ROWS)} rows")


main()
