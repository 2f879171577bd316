#!/usr/bin/env python3
"""keys.py TWINPOST: keys give way to new ones by the command line, while facts go on crossing."""
import json
import os
import pathlib
import subprocess
import time

from shell import PROGRAM, answer, check, courier, environment, main, make_posts, notified, read, refused, run, state, write

ROLES = ("journal", "cosigner", "parcel", "post", "recipient", "tls")


def card():
    return dict(line.split(" ", 1) for line in run("card", "lv")[1].splitlines() if " " in line)


def serve(party, peer="127.0.0.1:0"):
    """A server for the neighbours, and its address."""
    served = subprocess.Popen([PROGRAM, "serve", party, "--peer", peer, "--json"], stdout=subprocess.PIPE, text=True,
                              env=environment())
    return served, json.loads(served.stdout.readline())["neighbours"].removeprefix("https://")


def end(served):
    served.terminate()
    assert served.wait(10) == 0
    served.stdout.close()


def shown(party):
    """What the post shows of the exchange with each neighbour."""
    return [n["exchange"] for n in answer("sync", party)["neighbours"]]


def round_trip():
    courier("lv", "by")
    courier("by", "lv")


@check("a key gives way only with the root key, and with a copy that has the new one")
def _():
    make_posts()
    number, _ = notified()
    write("number", number)
    round_trip()
    refused(2, "usage", "key", "rotate", "lv", "parcel")
    refused(1, "duplicate", "key", "rotate", "lv", "parcel", "--backup", "number")
    os.symlink("loop", "loop")
    assert "cannot look at" in refused(70, "disk", "key", "rotate", "lv", "parcel", "--backup", "loop")
    refused(4, "not_found", "key", "rotate", "lv", "colour", "--backup", "new.backup")
    refused(4, "not_found", "key", "rotate", "lv", "parcel", "--backup", "new.backup", "--root", "nowhere")
    refused(3, "signature", "key", "rotate", "lv", "parcel", "--backup", "new.backup", "--root", "by/root.key")
    assert not pathlib.Path("new.backup").exists() and not answer("doctor", "lv")["lacks_key"]


@check("every key of a post gives way, and all goes on")
def _():
    for role in ROLES:
        before = card()
        done = answer("key", "rotate", "lv", role, "--backup", f"{role}.backup")
        assert done["rotated"] == role and pathlib.Path(f"{role}.backup").stat().st_mode & 0o077 == 0, done
        changed = {name for name, value in card().items() if before[name] != value}
        assert role in changed and not changed & (set(ROLES) - {role}), changed
        state("letter.sent", "lv", "duty", read("number"), subject="x", text_lv="x", text_ru="x")
        round_trip()
        state("letter.sent", "by", "duty", read("number"), subject="y", text_lv="y", text_ru="y")
        round_trip()
        assert answer("common", "lv", read("number")) == answer("common", "by", read("number"))
        for party in ("lv", "by"):
            assert run("verify", party)[0] == 0 and not answer("doctor", party)["alarms"], (role, party)
    write("lv.card", run("card", "lv")[1])
    for party in ("lv", "by"):
        answer("dossier", party, read("number"), f"{party}.zip")
        for options in ((), ("--card", "lv.card")):
            assert run("verify", f"{party}.zip", *options)[0] == 0


def reached(party):
    """The exchange goes through, at the latest when a server has looked at its key again."""
    for _ in range(40):
        if run("sync", party)[0] == 0 and shown(party) == ["done"]:
            return True
        time.sleep(0.5)
    return False


@check("the TLS key gives way twice beside a server that goes on, which then shows the new one")
def _():
    lv, lv_at = serve("lv")
    by, by_at = serve("by")
    for party, other, address in (("lv", "by", by_at), ("by", "lv", lv_at)):
        write(f"{other}.card", run("card", other, "--address", address)[1])
        answer("pair", party, f"{other}.card")
    for turn in (3, 4):
        answer("key", "rotate", "lv", "tls", "--backup", f"tls.{turn}.backup")
        assert shown("lv") == ["done"]  # and now both know
        assert reached("by") and reached("lv"), turn
        assert pathlib.Path(f"lv/keys/tls.{turn}.key").exists()
    end(lv)
    lv, again = serve("lv", lv_at)
    assert again == lv_at and shown("by") == ["done"] and shown("lv") == ["done"]
    end(lv)
    end(by)
    for party in ("lv", "by"):
        assert run("verify", party)[0] == 0 and not answer("doctor", party)["alarms"]


@check("an officer whose password was lost gets a new key and goes on")
def _():
    refused(2, "usage", "key", "rotate", "lv", "lv.duty")
    answer("key", "rotate", "lv", "lv.duty", new="other")
    refused(1, "role", "fact", "add", "lv", "letter.sent", "--case", read("number"), "--as", "lv.duty", "subject=z",
            "text.lv=z", "text.ru=z", password="duty")
    answer("fact", "add", "lv", "letter.sent", "--case", read("number"), "--as", "lv.duty", "subject=z", "text.lv=z",
           "text.ru=z", password="other")
    round_trip()
    assert answer("common", "lv", read("number")) == answer("common", "by", read("number"))


@check("a key that is missing from the folder is named")
def _():
    pathlib.Path("lv/keys/post.2").rename("kept")
    doctor = answer("doctor", "lv")
    assert doctor["lacks_key"] and any("missing" in line for line in doctor["advice"]), doctor
    pathlib.Path("kept").rename("lv/keys/post.2")
    assert not answer("doctor", "lv")["lacks_key"] and run("verify", "lv")[0] == 0


main()
