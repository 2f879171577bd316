#!/usr/bin/env python3
"""registers.py TWINPOST EXAMPLES: meetings, registers and the border line by the command line, on the posts
that a played example leaves."""
import json
import pathlib
import sys

import shell
from shell import check, main

EXAMPLES = pathlib.Path(sys.argv[2]).resolve()
BORDER = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"left": "lv", "right": "by"},
     "geometry": {"type": "LineString", "coordinates": [[27.5, 55.8], [27.7, 55.8]]}},
    {"type": "Feature", "properties": {"marker": "1"}, "geometry": {"type": "Point", "coordinates": [27.6, 55.8]}},
    {"type": "Feature", "properties": {"marker": "2"}, "geometry": {"type": "Point", "coordinates": [27.61, 55.8]}}]}


def run(*words):
    return shell.run(*words, password="lv.rep")


def answer(*words):
    return shell.answer(*words, password="lv.rep")


def refused(code, reason, *words):
    shell.refused(code, reason, *words, password="lv.rep")


def played(example):
    code, out, _ = run("play", str(EXAMPLES / f"{example}.json"), "--keep", example)
    assert code == 0, out
    return f"{example}/lv", f"{example}/by"


@check("a meeting is prepared and recorded")
def _():
    lv, by = played("meeting-decisions")
    here, there = answer("meeting", "agenda", lv, "--language", "ru"), answer("meeting", "agenda", by, "--language", "ru")
    assert here["agenda"] == there["agenda"] and any(r["what"] == "D11" for r in here["agenda"]), here
    letters = answer("register", "letters", by)["letters"]
    proposal = next(r["fact"] for r in letters if r["kind"] == "proposal.made")
    assert [r["role"] for r in answer("meeting", "powers", lv, proposal)["powers"]] == ["R1", "R1"]
    for post in (lv, by):
        answer("meeting", "ics", post, proposal, f"{post}.ics")
    text = pathlib.Path(f"{lv}.ics").read_bytes()
    assert text == pathlib.Path(f"{by}.ics").read_bytes() and b"DTSTART:20240515T080000Z\r\n" in text
    number, index = proposal.split(":")
    fields = answer("meeting", "minutes", by, f"{number}:{int(index) + 2}")["fields"]
    assert {"name": "doc", "value": "DOC08"} in fields and any(f["name"] == "statement.3.ru" for f in fields), fields
    refused(2, "usage", "meeting", "minutes", by, proposal)
    refused(4, "not_found", "meeting", "ics", by, "lv:999", "x.ics")
    refused(4, "not_found", "meeting", "agenda", by, "xx")


@check("letters and markers are listed")
def _():
    lv, by = played("letter-on-paper")
    rows = answer("register", "letters", lv, "--year", "2024")["letters"]
    assert [r["number"] for r in rows] == [f"{i + 1}/2024" for i in range(len(rows))], rows
    assert [r["way"] for r in rows] == ["in", "out", "paper"], rows
    assert rows[1]["delivered"] == "kurjers, by.secr" and rows[1]["answer_due"] == "2024-07-09T12:00:00Z", rows
    assert len(answer("register", "letters", by)["letters"]) == 2
    pathlib.Path("scan.txt").write_text("paper", encoding="utf-8")
    case = rows[0]["case"]
    entered = answer("register", "receive", lv, "--as", "lv.rep", "--case", case, "--scan", "scan.txt", "reference=9")
    row = answer("register", "letters", lv)["letters"][-1]
    assert row["fact"] == entered["ref"] and row["scan"].startswith("lv:"), row
    refused(1, "schema", "register", "receive", lv, "--as", "lv.rep", "sender=by")
    refused(2, "usage", "register", "receive", lv, "--as", "lv.rep", "reference=1", "--scan", "scan.txt")
    markers = answer("register", "markers", played("marker-works")[0])["markers"]
    assert len(markers) == 1 and markers[0]["works_in_time"] and not markers[0]["damaged"], markers
    assert markers[0]["care"] == "by" and markers[0]["works_answer"] == "attends", markers


@check("the border line advises")
def _():
    lv, _ = played("meeting-refused")
    refused(4, "not_found", "line", "point", lv, "55.801", "27.6")
    pathlib.Path("border.json").write_text(json.dumps(BORDER), encoding="utf-8")
    assert answer("line", "load", lv, "border.json", "--as", "lv.rep") == {"lines": 1, "territories": 0, "markers": 2}
    advice = answer("line", "point", lv, "55.801", "27.6", "--error", "5", "--distance", "-111")
    assert abs(float(advice["distance_m"]) - 111.3) < 0.2 and advice["verdict"] == "established", advice
    assert "distance" in advice["warning"], advice
    assert answer("line", "point", lv, "55.801", "27.6", "--party", "by")["distance_m"].startswith("-111.")
    code, out, _ = run("line", "point", lv, "--json", "--", "-55.801", "-27.6")  # after -- a word may begin with a dash
    assert code == 0 and abs(float(json.loads(out)["distance_m"])) > 10000000, out
    place = answer("line", "between", lv, "1", "2", "100")
    assert abs(float(place["lon"]) - 27.6016) < 0.0001, place
    refused(4, "not_found", "line", "between", lv, "1", "3", "100")
    refused(2, "usage", "line", "point", lv, "north", "27.6")
    refused(2, "usage", "line", "point", lv, "95", "27.6")
    pathlib.Path("bad.json").write_text("{}", encoding="utf-8")
    refused(1, "schema", "line", "load", lv, "bad.json", "--as", "lv.rep")


main()
