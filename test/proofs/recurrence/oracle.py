"""Occurrences of generated calendars, by two libraries that are not ours.

Reads one JSON object a line: {"text", "start", "rules", "exdates", "rdates", "zone", "allDay", "minutes", "from", "to"},
times on the wall clock of `zone`, `from` and `to` as UTC instants. Answers one line each: {"dateutil": [...],
"recurringIcalEvents": [...]}, the instants (UTC) at which occurrences start in the window, or {"error"} for a library that
gives up. Needs Debian's python3-dateutil, python3-icalendar and python3-recurring-ical-events.
"""

import datetime as dt
import json
import sys
import zoneinfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rruleset, rrulestr

UTC = dt.timezone.utc


def instant(wall, zone):
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def shown(times):
    return sorted({t.strftime("%Y-%m-%dT%H:%M:%SZ") for t in times})


def by_dateutil(case):
    """Expands on the wall clock; UNTIL is given on the wall clock too. DTSTART always counts (RFC 5545, 3.8.5.3)."""
    zone = zoneinfo.ZoneInfo(case["zone"])
    start = dt.datetime.fromisoformat(case["start"])
    every = rruleset()
    every.rdate(start)
    for rule in case["rules"]:
        every.rrule(rrulestr(rule, dtstart=start))
    for wall in case["rdates"]:
        every.rdate(dt.datetime.fromisoformat(wall))
    for wall in case["exdates"]:
        every.exdate(dt.datetime.fromisoformat(wall))
    begin, end = (dt.datetime.fromisoformat(case[key]) for key in ("from", "to"))
    near = dt.timedelta(days=2)
    naive = [t.astimezone(zone).replace(tzinfo=None) for t in (begin, end)]
    found = (instant(wall, zone) for wall in every.between(naive[0] - near, naive[1] + near, inc=True))
    return shown(t for t in found if begin <= t < end)


def by_recurring_ical_events(case):
    zone = zoneinfo.ZoneInfo(case["zone"])
    calendar = icalendar.Calendar.from_ical(case["text"])
    begin, end = (dt.datetime.fromisoformat(case[key]) for key in ("from", "to"))
    near = dt.timedelta(days=2)
    found = []
    for event in recurring_ical_events.of(calendar).between(begin - near, end + near):
        at = event["DTSTART"].dt
        if not isinstance(at, dt.datetime):
            at = dt.datetime(at.year, at.month, at.day)
        found.append(instant(at, zone) if at.tzinfo is None else at.astimezone(UTC))
    return shown(t for t in found if begin <= t < end)


def attempt(expand, case):
    try:
        return expand(case)
    except Exception as error:  # A library that gives up is an answer, and is counted.
        return {"error": repr(error)[:200]}


for line in sys.stdin:
    case = json.loads(line)
    answer = {
        "dateutil": attempt(by_dateutil, case),
        "recurringIcalEvents": attempt(by_recurring_ical_events, case),
    }
    print(json.dumps(answer), flush=True)
