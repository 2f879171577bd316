#!/usr/bin/env python3
"""serve.py TWINPOST: the server as its administrator meets it: addresses, signals, commands beside it, a link that
hangs."""
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from shell import PROGRAM, answer, check, environment, main, make_posts, notified, refused, run, state, write


class Served:
    def __init__(self, *words):
        self.process = subprocess.Popen([PROGRAM, "serve", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env=environment())
        self.lines = {}

    def address(self, name):
        while name not in self.lines:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            key, url = line.strip().split(": ")
            self.lines[key] = url
        return self.lines[name]

    def call(self, path, body=None, cookie=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if cookie:
            headers["Cookie"] = cookie
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address("officers") + path, data, headers), timeout=20) as got:
            return json.load(got), got.headers

    def sign_in(self, officer, password):
        return self.call("/api/v1/session", {"officer": officer, "password": password})[1]["Set-Cookie"].split(";")[0]

    def end(self, number=signal.SIGTERM, seconds=10):
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@check("port 0 takes a free one, and the address in use is printed")
def _():
    make_posts()
    one, two = Served("lv", "--http", "127.0.0.1:0", "--peer", "127.0.0.1:0"), Served("by", "--http", "[::1]:0")
    assert one.call("/api/v1/health")[0] == {"status": "ok"} == two.call("/api/v1/health")[0]
    assert one.address("neighbours").startswith("https://127.0.0.1:")
    for number in (signal.SIGTERM, signal.SIGINT):
        assert (one if number == signal.SIGTERM else two).end(number) == 0
    with subprocess.Popen([PROGRAM, "serve", "lv", "--http", "127.0.0.1:0", "--json"], stdout=subprocess.PIPE, text=True) as served:
        assert json.loads(served.stdout.readline())["officers"].startswith("http://127.0.0.1:")
        served.send_signal(signal.SIGHUP)
        assert served.stdout.read() == "" and served.wait(10) == 0


@check("an address that cannot be served is refused with what to do")
def _():
    for address in ("127.0.0.1", "127.0.0.1:99999", "127.0.0.1:http", "192.0.2.77:80", "no.such.host.invalid:80", ":80", ""):
        if address:
            refused(2, "usage", "serve", "lv", "--http", address)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = f"127.0.0.1:{taken.getsockname()[1]}"
        for option in ("--http", "--peer"):
            assert "another port" in refused(5, "busy", "serve", "lv", option, busy)


@check("after kill -9 the same port and the same post are served again at once")
def _():
    first = Served("lv", "--http", "127.0.0.1:0")
    address = first.address("officers").removeprefix("http://")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    again = Served("lv", "--http", address)
    assert again.call("/api/v1/health")[0]["status"] == "ok"
    assert again.end() == 0 and run("verify", "lv")[0] == 0


@check("commands beside a server are seen by it at once, and the other way round")
def _():
    served = Served("lv", "--http", "127.0.0.1:0")
    cookie = served.sign_in("lv.duty", "duty")
    for _ in range(2):
        number, _ = notified()
        assert number in [c["number"] for c in served.call("/api/v1/cases", cookie=cookie)[0]["cases"]]
        made, _ = served.call("/api/v1/facts", {"kind": "letter.sent", "case": number, "fields": {
            "subject": "x", "text.lv": "x", "text.ru": "x"}}, cookie)
        assert answer("fact", "show", "lv", made["ref"])["kind"] == "letter.sent"
    answer("officer", "add", "lv", "lv.late", "--role", "R3", new="late")
    assert served.call("/api/v1/me", cookie=served.sign_in("lv.late", "late"))[0]["roles"] == ["R3"]
    answer("backup", "lv", "beside.backup")
    answer("parcel", "write", "lv", "beside.parcel")
    answer("parcel", "read", "by", "beside.parcel")
    assert served.end() == 0
    assert run("verify", "lv")[0] == 0 and not answer("doctor", "lv")["held"]


@check("several commands at once all get their turn")
def _():
    number, _ = notified()
    before = answer("doctor", "lv")["journal_size"]
    letter = [PROGRAM, "fact", "add", "lv", "letter.sent", "--case", number, "--as", "lv.duty", "subject=x", "text.lv=x",
              "text.ru=x", "--json"]
    running = [subprocess.Popen(letter, env=environment("duty"), stdout=subprocess.PIPE, text=True) for _ in range(12)]
    refs = {json.loads(p.communicate()[0])["ref"] for p in running}
    assert len(refs) == 12 and answer("doctor", "lv")["journal_size"] == before + 12


@check("a neighbour that takes the call and says nothing keeps neither the end nor the others waiting")
def _():
    with socket.socket() as silent, socket.socket() as closed:
        for s in (silent, closed):
            s.bind(("127.0.0.1", 0))
        silent.listen()
        write("by.card", run("card", "by", "--address", f"127.0.0.1:{silent.getsockname()[1]}")[1])
        answer("pair", "lv", "by.card")
        served = Served("lv", "--http", "127.0.0.1:0", "--peer", "127.0.0.1:0")
        served.address("officers")
        silent.settimeout(10)
        held, _ = silent.accept()
        time.sleep(0.2)
        begun = time.monotonic()
        assert served.end() == 0 and time.monotonic() - begun < 5
        held.close()
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
    write("by.card", run("card", "by", "--address", nobody)[1])
    answer("pair", "lv", "by.card")
    begun = time.monotonic()
    err = refused(5, "link", "sync", "lv")
    assert nobody in err and "courier" in err and time.monotonic() - begun < 10, err
    doctor = answer("doctor", "lv")
    assert doctor["neighbours"][0]["answers"] is False and any("link" in a for a in doctor["advice"]), doctor


@check("one of two neighbours does not answer: the other gets its parcel")
def _():
    make_posts(("xx",), ("duty:R7",))
    for party, other in (("lv", "xx"), ("xx", "lv")):
        answer("pair", party, f"{other}.card")
    served = Served("xx", "--peer", "127.0.0.1:0")
    write("xx.card", run("card", "xx", "--address", served.address("neighbours").removeprefix("https://"))[1])
    answer("pair", "lv", "xx.card")
    refused(4, "not_found", "parcel", "write", "lv", "p")
    refused(4, "not_found", "sync", "lv", "--to", "zz")
    refused(5, "link", "sync", "lv")
    assert answer("sync", "lv", "--to", "xx")["neighbours"] == [{"party": "xx", "exchange": "done"}]
    found = {n["party"]: n for n in answer("doctor", "lv")["neighbours"]}
    assert found["xx"]["answers"] and not found["by"]["answers"] and found["xx"]["cosigned_size"] > 0, found
    assert served.end() == 0


@check("requests that the server refuses leave it whole")
def _():
    served = Served("lv", "--http", "127.0.0.1:0")
    for path in ("/api/v1/nothing", "/%00", "/api/v1/cases"):
        try:
            served.call(path)
            raise AssertionError(path)
        except urllib.error.HTTPError as refusal:
            assert refusal.headers["Content-Type"] == "application/problem+json", path
    state("letter.sent", "lv", "duty", subject="x", text_lv="x", text_ru="x")
    assert os.path.exists("lv/twinpost.db") and served.end() == 0


main()
