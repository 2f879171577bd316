#!/usr/bin/env python3
"""Counts single cases in meson's testlog.json and prints `N passed, N failed`.

A program that speaks TAP holds many cases; any other is one case. A program that
ended badly without a case to blame counts as one failure more. A log that is
absent or empty is a failure: nothing was run.
"""
import json
import re
import sys

CASE = re.compile(r"^(ok|not ok)\b\s*\d*\s*(?:-\s*)?(.*?)(?:\s*#\s*(skip|todo)\b(.*))?$", re.I)
LEFT_OUT = re.compile(r"^# left out: (\w+): (.*)$")  # tests/unit/left_out.h
GOOD = {"OK", "EXPECTEDFAIL"}


def count(record, skipped):
    """Passed and failed cases of one test program; what was skipped goes to the list."""
    passed = failed = 0
    left_out = {}
    for line in record.get("stdout", "").splitlines():
        if match := LEFT_OUT.match(line):
            left_out[match[1]] = match[2]
        match = CASE.match(line)
        if not match:
            continue
        if match[1].lower() == "ok" and match[2] in left_out:
            skipped.append(f"{record['name']}: {match[2]}: {left_out[match[2]]}")
        elif match[3] and match[3].lower() == "skip":
            skipped.append(f"{record['name']}: {match[2]} {match[4].strip(' :')}".rstrip())
        elif match[1].lower() == "ok":
            passed += 1
        else:
            failed += 1
    if record["result"] == "SKIP" and not passed and not failed:
        skipped.append(record["name"])
    elif record["result"] in GOOD:
        passed += 0 if passed or failed or left_out else 1
    elif record["result"] != "SKIP":
        failed += 0 if failed else 1
    return passed, failed


def main(path):
    try:
        with open(path, encoding="utf-8") as log:
            records = [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        records = []
    passed = failed = 0
    skipped = []
    for record in records:
        good, bad = count(record, skipped)
        passed, failed = passed + good, failed + bad
        if bad:
            print(f"failed: {record['name']} ({bad})")
    for name in skipped:
        print(f"skipped: {name}")
    if passed + failed == 0:
        print("nothing was run")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
