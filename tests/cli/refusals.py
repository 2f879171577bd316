#!/usr/bin/env python3
"""refusals.py TWINPOST: whatever is wrong, the program says with a sentence what to do, with the exit code of the
reason; with --json as JSON. Nothing half made is left behind."""
import os
import pathlib
import resource
import shutil
import subprocess

from shell import PROGRAM, answer, check, courier, environment, main, make_posts, notified, refused, refused_as_json, run, \
    state, write


@check("whatever is asked wrongly is answered with the right form")
def _():
    for words, says in [((), "Name a subcommand"), (("frobnicate",), '"frobnicate"'), (("parcel",), "Name one of these"),
                        (("parcel", "send"), '"parcel send"'), (("parcel", "write"), "DIR is missing"),
                        (("parcel", "write", "x"), "FILE is missing"), (("fact", "add", "x"), "KIND is missing"),
                        (("card", "x", "y"), "y is one word too many"), (("card", "x", "--adress", "y"), "--adress"),
                        (("sync", "x", "--to"), "--to needs PARTY"), (("sync", "x", "--to=a", "--to=b"), "given twice"),
                        (("card", "x", "--json=1"), "takes no value"), (("card", "-v", "x"), "two dashes"),
                        (("card", ""), "no name"), (("case", "list", "x", "--max", "-1"), "number")]:
        code, out, err = run(*words)
        assert code == 2 and out == "" and says in err and "twinpost" in err.split("\n", 1)[1], (words, code, out, err)


@check("help and version are texts on stdout")
def _():
    overview = run("--help")
    assert overview[0] == 0 and overview[2] == "" and overview == run("help") == run("-h")
    assert run("parcel", "--help")[0] == 0 and run("parcel", "write", "--help", "anything")[0] == 0
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("twinpost ") and out.count("\n") == 1, out


@check("refusals with --json are JSON, on stderr")
def _():
    refused_as_json(2, "usage", "card")
    refused_as_json(4, "not_found", "card", "nowhere")
    refused_as_json(2, "usage", "serve", "nowhere", "--http", "1", "--http", "2")
    refused_as_json(1, "schema", "init", "x", "--party", "x", "--pack", "generic", "--role", "R99", password="x")


@check("a post that cannot be made leaves nothing, and mixes with nothing")
def _():
    refused(1, "schema", "init", "x", "--party", "x", "--pack", "generic", "--role", "R99", password="x")
    refused(1, "schema", "init", "x", "--party", "x", "--pack", "generic", "--root", "x.root", "--role", "R99", password="x")
    refused(1, "schema", "init", "x", "--party", "x", "--pack", "generic", "--officer", "y.admin", password="x")
    assert os.listdir(".") == [], os.listdir(".")
    os.mkdir("full")
    write("full/letter", "mine")
    refused(1, "duplicate", "init", "full", "--party", "x", "--pack", "generic")
    assert os.listdir("full") == ["letter"]
    os.mkdir("empty", 0o755)
    answer("init", "empty", "--party", "x", "--pack", "generic", "--root", "x.root")
    assert os.stat("empty").st_mode & 0o777 == 0o700 and os.stat("x.root").st_mode & 0o777 == 0o600
    root = pathlib.Path("x.root").read_bytes()
    refused(1, "duplicate", "init", "y", "--party", "x", "--pack", "generic", "--root", "x.root")
    assert pathlib.Path("x.root").read_bytes() == root and not os.path.exists("y")
    write("old.head", "twinpost/second/1\n")
    assert "old.head" in refused(1, "duplicate", "init", "old", "--party", "x", "--pack", "generic")
    assert not os.path.exists("old")


@check("officers bear ids that say whose they are")
def _():
    for bad in ("duty", "by.duty", "x.", "x.Duty", "x.a b", "x.\n", "x." + "a" * 70, "x.é"):
        refused(1, "schema", "officer", "add", "empty", bad, "--root", "x.root", new="x")
    refused(1, "duplicate", "officer", "add", "empty", "x.post", "--root", "x.root", new="x")
    answer("officer", "add", "empty", "x.duty-2", "--root", "x.root", new="x")


@check("addresses are HOST:PORT")
def _():
    shutil.copy("x.root", "empty/root.key")
    for bad in ("here", "host:", ":80", "host:99999", "host:0", "ho st:80", "host:80/x", "a@b:1", "[::1]", "1.2.3.4:5:6"):
        refused(2, "usage", "card", "empty", "--address", bad)
    for good in ("host.example:8402", "192.0.2.1:1", "[2001:db8::1]:65535"):
        assert f"address {good}\n" in run("card", "empty", "--address", good)[1]
    os.remove("empty/root.key")
    assert "--root" in refused(4, "not_found", "card", "empty", "--address", "192.0.2.2:1")


@check("folders where files belong, and files that are something else")
def _():
    write("nonsense", "nonsense")
    refused(2, "usage", "pair", "empty", ".")
    refused(1, "schema", "pair", "empty", "nonsense")
    refused(2, "usage", "verify", ".")
    refused(2, "usage", "verify", "nonsense")
    refused(2, "not_found", "verify", "nowhere")
    refused(2, "usage", "restore", "nonsense", "new")
    assert not os.path.exists("new")
    write("nothing.card", "")
    refused(2, "usage", "verify", "nonsense", "--card", "nothing.card")
    refused(2, "usage", "play", "nonsense")
    os.mkdir("place")
    refused(2, "usage", "backup", "empty", "place")
    refused(2, "usage", "act", "pdf", "empty", "DOC26:2026", "place")
    assert os.listdir("place") == [] and not [f for f in os.listdir(".") if f.endswith(".part")], os.listdir(".")
    os.rmdir("place")


@check("signature, proof and fork are exit 3, and the evidence is kept")
def _():
    make_posts()
    number, _ = notified()
    answer("parcel", "write", "lv", "whole")
    sealed = bytearray(pathlib.Path("whole").read_bytes())
    sealed[-20] ^= 1
    pathlib.Path("touched").write_bytes(sealed)
    refused(3, "proof", "parcel", "read", "by", "touched")
    answer("parcel", "read", "by", "whole")
    shutil.copytree("lv", "lv-copy")
    shutil.copy("lv.head", "lv-copy.head")
    state("letter.sent", "lv", "duty", number, subject="one", text_lv="one", text_ru="one")
    answer("fact", "add", "lv-copy", "letter.sent", "--case", number, "--as", "lv.duty", "subject=other", "text.lv=other",
           "text.ru=other", password="duty")
    courier("lv", "by")
    answer("parcel", "write", "lv-copy", "second")
    refused(3, "fork", "parcel", "read", "by", "second")
    doctor = answer("doctor", "by")
    assert [a["what"] for a in doctor["alarms"]] == ["fork"], doctor["alarms"]
    assert any("alarm" in line for line in doctor["advice"]), doctor["advice"]


@check("busy: another process holds the post; it is told within seconds")
def _():
    hold = "import sqlite3, sys; c = sqlite3.connect('lv/twinpost.db'); c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(["python3", "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        refused(5, "busy", "fact", "add", "lv", "letter.sent", "--as", "lv.duty", "subject=x", "text.lv=x", password="duty")
        assert answer("case", "list", "lv")["cases"], "reading goes on"
        other.stdin.close()
    assert run("verify", "lv")[0] == 0


@check("disk and memory are exit 70, with a sentence")
def _():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([PROGRAM, "case", "list", "lv"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 70 and done.stderr.startswith("twinpost: disk: "), done
    if b"__asan_init" in pathlib.Path(PROGRAM).read_bytes():
        return  # the address sanitizer itself needs more than any limit; the other builds try this
    little = subprocess.run([PROGRAM, "fact", "add", "lv", "letter.sent", "--as", "lv.duty", "subject=x"], capture_output=True,
                            text=True, env=environment(password="duty"), check=False,
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (80 << 20, 80 << 20)))
    assert little.returncode == 70 and little.stderr.startswith("twinpost: memory: "), little


main()
