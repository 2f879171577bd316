#!/usr/bin/env python3
"""courier.py TWINPOST: two posts that never meet on a network. Every parcel is written by one process and read by
another, as with a stick that is carried; what one parcel asks for, the next must bring."""
import os
import pathlib
import shutil

from shell import answer, check, courier, main, make_posts, notified, read, refused, run, state, write

EVIDENCE_BYTES = 20_000_000


@check("a case crosses and both hold the same view")
def _():
    make_posts()
    number, _ = notified()
    write("number", number)
    courier("lv", "by")
    for _ in range(2):
        courier("by", "lv")
        courier("lv", "by")
    assert answer("common", "lv", number) == answer("common", "by", number)


@check("evidence that is longer than a parcel arrives whole")
def _():
    number = read("number")
    pathlib.Path("film").write_bytes(os.urandom(EVIDENCE_BYTES))
    ref = answer("evidence", "add", "lv", "film", "--case", number, "--as", "lv.rep", "item=film-1",
                 "evidence_kind=video", "description=drone", password="rep")["ref"]
    draft = answer("release", "draft", "lv", ref, "--purpose", "inquiry", "--regime", "P0", "--basis", "agreement",
                   "--as", "lv.rep", password="rep")["ref"]
    assert answer("release", "approve", "lv", draft, "--as", "lv.rep", password="rep")["opened"]
    courier("lv", "by")
    handle = answer("fact", "show", "by", ref)["fields"]["blob"]
    assert "pieces are here" in refused(1, "state", "evidence", "get", "by", handle, "early")
    assert not os.path.exists("early"), "nothing is left of a file that is not whole"
    for _ in range(4):
        courier("by", "lv")
        courier("lv", "by")
    answer("evidence", "get", "by", handle, "arrived")
    assert pathlib.Path("arrived").read_bytes() == pathlib.Path("film").read_bytes()


@check("a post that was set back gets its journal back and signs again")
def _():
    answer("backup", "lv", "lv.backup")
    state("letter.sent", "lv", "duty", read("number"), subject="x", text_lv="x", text_ru="x")
    size = answer("doctor", "lv")["journal_size"]
    courier("lv", "by")
    shutil.rmtree("lv")
    os.remove("lv.head")
    answer("restore", "lv.backup", "lv")
    assert answer("doctor", "lv")["held"]
    courier("lv", "by")
    courier("by", "lv")
    doctor = answer("doctor", "lv")
    assert not doctor["held"] and doctor["journal_size"] > size, doctor
    state("letter.sent", "lv", "duty", read("number"), subject="y", text_lv="y", text_ru="y")
    courier("lv", "by")
    courier("by", "lv")
    assert run("verify", "lv")[0] == 0 and run("verify", "by")[0] == 0


main()
