#!/usr/bin/env python3
"""commands.py TWINPOST: two posts worked by the command line alone, in a folder of their own: answers, exit
codes, where text and reasons go, and that no password comes near the arguments."""
import json
import os
import pathlib

from shell import answer, check, main, refused, run, write


@check("wrong usage is exit 2, with the right form shown")
def _():
    for words in [("nothing",), ("fact",), ("fact", "add"), ("fact", "tell", "lv"), ("card",),
                  ("card", "lv", "by"), ("card", "lv", "--colour", "red"), ("init", "lv"),
                  ("init", "x", "--party", "lv", "--pack", "lv-by", "--party", "by"),
                  ("init", "x", "--party"), ("case", "list", "x", "--max", "many"), ("card", "-x"), ()]:
        code, out, err = run(*words)
        assert code == 2 and "usage" in err and out == "", (words, code, out, err)


@check("a post is made once, its folder and files are private")
def _():
    made = answer("init", "lv", "--party", "lv", "--pack", "lv-by", password="one")
    assert made["party"] == "lv" and made["officer"] == "lv.admin", made
    answer("init", "by", "--party", "by", "--pack", "lv-by", fd="two")
    refused(1, "duplicate", "init", "lv", "--party", "lv", "--pack", "lv-by")
    refused(4, "not_found", "init", "xx", "--party", "xx", "--pack", "no-such-pack")
    refused(2, "usage", "init", "xx", "--party", "X/..", "--pack", "lv-by")
    for path in [pathlib.Path("lv"), *pathlib.Path("lv").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"


@check("cards are exchanged and both sides see the same words")
def _():
    for party in ("lv", "by"):
        write(f"{party}.card", run("card", party)[1])
    assert answer("pair", "lv", "by.card")["words"] == answer("pair", "by", "lv.card")["words"]
    write("false.card", pathlib.Path("by.card").read_text(encoding="utf-8").replace("party by", "party xy"))
    code, _, err = run("pair", "lv", "false.card")
    assert code in (1, 3), err
    refused(4, "not_found", "pair", "lv", "nowhere.card")


@check("officers are enrolled by the root key and by officers")
def _():
    answer("officer", "add", "lv", "lv.rep", "--role", "R1", "--name", "Anna Paraugs", new="rep")
    answer("officer", "add", "by", "by.duty", "--role", "R7", new="duty")
    added = answer("officer", "add", "lv", "lv.duty", "--role", "R7", "--as", "lv.admin", password="one", new="duty")
    assert added["mandate"].startswith("lv:"), added
    refused(1, "role", "officer", "add", "lv", "lv.x", "--as", "lv.admin", password="wrong", new="x")
    refused(2, "usage", "officer", "add", "lv", "lv.x", "--as", "lv.admin", password="one")
    refused(1, "duplicate", "officer", "add", "lv", "lv.duty", new="again")
    os.rename("lv/root.key", "away.key")
    grant = ("mandate", "grant", "lv", "lv.duty", "--role", "R1", "--as", "lv.admin")
    assert "--root FILE" in refused(1, "mandate", *grant, password="one")
    assert "is not the root key" in refused(1, "mandate", *grant, "--root", "by/root.key", password="one")
    os.rename("away.key", "lv/root.key")
    roles = {o["officer"]: o["role"] for o in answer("officer", "list", "lv")["officers"]}
    assert roles == {"lv.admin": "R14", "lv.rep": "R1", "lv.duty": "R7"}, roles


def register(**how):
    return answer("fact", "add", "lv", "incident.registered", "--as", "lv.duty", "type=I17",
                  "happened_from=2024-05-06T07:40:00Z", "noticed_at=2024-05-06T07:55:00Z", "section=silene",
                  "summary.lv=Darbi.", "summary.ru=Работы.", **how)


@check("a case goes to the other side by courier and both hold the same view")
def _():
    incident = register(fd="duty")
    number = incident["case"]
    write("number", number)
    notice = answer("fact", "add", "lv", "notice.sent", "--case", number, "--as", "lv.duty",
                    f"of={incident['ref']}", "text.lv=Lūdzam.", "text.ru=Просим.", password="duty")
    answer("parcel", "write", "lv", "one.parcel")
    took = answer("parcel", "read", "by", "one.parcel")
    assert took["from"] == "lv" and took["opened"] > 0 and took["refused"] == 0, took
    assert answer("parcel", "read", "by", "one.parcel")["opened"] == 0, "twice changes nothing"
    answer("fact", "add", "by", "notice.received", "--case", number, "--as", "by.duty", f"of={notice['ref']}",
           "reference=BY 1", password="duty")
    for party, other in (("by", "lv"), ("lv", "by"), ("by", "lv"), ("lv", "by")):
        answer("parcel", "write", party, "next.parcel")
        answer("parcel", "read", other, "next.parcel")
    ours, theirs = answer("common", "lv", number), answer("common", "by", number)
    assert ours == theirs and ours["text"], "the common views differ"
    assert run("common", "lv", number)[1].splitlines()[-1] == "digest " + ours["digest"]
    assert answer("case", "show", "lv", number)["state"] == "ACKNOWLEDGED"


@check("refusals keep their exit codes")
def _():
    number = pathlib.Path("number").read_text(encoding="utf-8")
    duty = {"password": "duty"}
    refused(1, "schema", "fact", "add", "lv", "incident.registered", "--as", "lv.duty", "type=I99", **duty)
    refused(1, "role", "fact", "add", "lv", "proposal.answered", "--case", number, "--as", "lv.duty", "of=by:1",
            "answer=yes", **duty)
    refused(4, "not_found", "case", "show", "lv", "LV-2024-0000")
    refused(4, "not_found", "fact", "show", "lv", "lv:999")
    refused(4, "not_found", "card", "nowhere")
    refused(5, "link", "sync", "lv")
    refused(2, "usage", "fact", "add", "lv", "letter.sent", "--case", number, "no-equals-sign", "--as", "lv.duty",
            **duty)
    refused(2, "usage", "fact", "add", "lv", "letter.sent", "--case", number, "subject=x")
    pathlib.Path("bad.parcel").write_bytes(b"\x00" * 5000)
    code, _, err = run("parcel", "read", "by", "bad.parcel")
    assert code in (1, 3) and err, (code, err)
    sealed = bytearray(pathlib.Path("next.parcel").read_bytes())
    sealed[-20] ^= 1
    pathlib.Path("bad.parcel").write_bytes(sealed)
    assert run("parcel", "read", "by", "bad.parcel")[0] == 3


@check("lists are text for people and JSON for programs")
def _():
    number = pathlib.Path("number").read_text(encoding="utf-8")
    cases = answer("case", "list", "lv")["cases"]
    assert [c["case"] for c in cases] == [number] and cases[0]["facts_theirs"] == 1, cases
    assert number in run("case", "list", "lv")[1]
    duties = {d["duty"] for d in answer("duty", "list", "lv", number, "--all")["duties"]}
    assert "D04" in duties, duties
    assert "lv" in run("duty", "explain", "lv", number, "D11")[1]
    exported = answer("export", "lv")["cases"]
    assert [c["case"] for c in exported] == [number] and len(exported[0]["facts"]) == 3, exported
    doctor = answer("doctor", "lv")
    assert doctor["party"] == "lv" and doctor["neighbours"][0]["party"] == "by", doctor
    assert not doctor["root_key_is_away"] and doctor["folder_is_private"], doctor


@check("what the disk does not tell is not taken for absent")
def _():
    os.rename("lv/root.key", "kept.key")
    os.symlink("root.key", "lv/root.key")
    assert "cannot look at" in refused(70, "disk", "doctor", "lv")
    os.replace("kept.key", "lv/root.key")
    os.mkdir("blind")
    os.symlink("twinpost.db", "blind/twinpost.db")
    assert "cannot look at" in refused(2, "usage", "verify", "blind")


@check("the exchange is suspended and resumed, releases are drafted and approved")
def _():
    number = pathlib.Path("number").read_text(encoding="utf-8")
    person = answer("fact", "add", "lv", "vehicle.recorded", "--case", number, "--as", "lv.duty", "item=car-1",
                    "description=grey", password="duty")["ref"]
    draft = answer("release", "draft", "lv", person + ".description", "--purpose", "joint investigation", "--basis",
                   "agreement", "--as", "lv.rep", password="rep")["ref"]
    assert "grey" in run("release", "preview", "lv", draft)[1]
    refused(1, "role", "release", "approve", "lv", draft, "--as", "lv.duty", password="duty")
    answer("exchange", "suspend", "lv", "--reason", "order", "--as", "lv.rep", password="rep")
    refused(1, "suspended", "release", "approve", "lv", draft, "--as", "lv.rep", password="rep")
    answer("exchange", "resume", "lv", "--as", "lv.rep", password="rep")
    assert answer("release", "approve", "lv", draft, "--as", "lv.rep", password="rep")["opened"] is True


@check("facts are imported line by line, up to the first that is refused")
def _():
    write("facts.jsonl", "\n".join(json.dumps(line) for line in [
        {"kind": "incident.registered",
         "fields": {"type": "I17", "happened_from": "2024-05-06T07:40:00Z", "noticed_at": "2024-05-06T07:55:00Z",
                    "section": "silene", "summary.lv": "Citi darbi."}},
        {"kind": "object.recorded", "case": "+", "fields": {"item": "box", "description": "wooden"}},
        {"kind": "object.recorded", "case": "+", "fields": {"colour": "red"}}]))
    code, _, err = run("import", "lv", "facts.jsonl", "--as", "lv.duty", password="duty")
    assert code == 1 and err.startswith("twinpost: schema: line 3: "), err
    assert len(answer("case", "list", "lv")["cases"]) == 2
    before = answer("doctor", "lv")["journal_size"]
    letter = {"kind": "letter.sent", "fields": {"subject": "x"}}
    for line, reason in [(dict(letter, case="+"), "not_found"), (dict(letter, case=5), "schema"), (dict(letter, case=None), "schema"),
                         (dict(letter, fields=["subject"]), "schema"), ({"kind": "letter.sent"}, "schema")]:
        write("facts.jsonl", json.dumps(line))
        code, _, err = run("import", "lv", "facts.jsonl", "--as", "lv.duty", password="duty")
        assert err.startswith(f"twinpost: {reason}: line 1: "), (line, err)
    assert answer("doctor", "lv")["journal_size"] == before
    refused(2, "usage", "fact", "show", "lv", "lv:1.name")


@check("packs are checked, the journal is exported once it is countersigned")
def _():
    os.mkdir("pack")
    code, out, _ = run("pack", "check", "pack")
    assert code == 1 and out.startswith("pack.json: whole file: "), (code, out)
    write("pack/pack.json", '{"format": "twinpost/pack/1", "id": "x", "colour": "red"}')
    code, out, _ = run("pack", "check", "pack")
    assert code == 1 and out.startswith("pack.json: "), (code, out)
    answer("journal", "export", "lv", "out")
    assert {p.name for p in pathlib.Path("out").iterdir()} == {"checkpoint", "tile", "vkeys"}
    assert len(pathlib.Path("out/vkeys").read_text(encoding="utf-8").splitlines()) == 2


@check("a dossier is checked offline: 0 it holds, 2 it is none, 3 it does not hold")
def _():
    number = pathlib.Path("number").read_text(encoding="utf-8")
    answer("dossier", "lv", number, "case.zip")
    answer("init", "other", "--party", "lv", "--pack", "lv-by")
    code, out, _ = run("verify", "case.zip")
    assert code == 0 and out.splitlines()[-1] == "everything holds", (code, out)
    assert "PDF files are for reading and were not compared" in out, "no check is claimed that was not made"
    assert answer("verify", "case.zip", "--card", "by.card")["holds"] is True
    code, _, _ = run("verify", "case.zip", "--card", "false.card")
    assert code == 3, code
    write("other.card", answer("card", "other")["text"])
    code, out, err = run("verify", "case.zip", "--card", "other.card")
    assert code == 3 and out.splitlines()[-1] == "it does not hold", (code, out)
    assert err.startswith(("twinpost: signature: ", "twinpost: proof: ")) and err.count("\n") == 1, err
    code, out, err = run("verify", "case.zip", "--card", "other.card", "--json")
    assert code == 3 and json.loads(out)["holds"] is False, out
    assert json.loads(err)["code"] in ("signature", "proof") and json.loads(err)["reason"], err
    whole = pathlib.Path("case.zip").read_bytes()
    for cut in (whole[:len(whole) // 2], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]):
        pathlib.Path("bad.zip").write_bytes(cut)
        assert run("verify", "bad.zip")[0] in (2, 3)
    write("no.zip", "no archive")
    refused(2, "usage", "verify", "no.zip")
    assert run("verify", "nowhere.zip")[0] == 2


@check("a post is checked, copied, put back and made again from its journal")
def _():
    code, out, err = run("verify", "lv")
    assert code == 0, (out, err)
    answer("backup", "lv", "lv.backup")
    assert pathlib.Path("lv.backup").stat().st_mode & 0o077 == 0
    refused(1, "duplicate", "restore", "lv.backup", "lv")
    answer("restore", "lv.backup", "lv2")
    assert answer("doctor", "lv2")["held"] is True, "a restored post must not sign"
    number = pathlib.Path("number").read_text(encoding="utf-8")
    queued = answer("fact", "add", "lv2", "letter.sent", "--case", number, "--as", "lv.duty", "subject=x",
                    "text.lv=x", "text.ru=x", password="duty")
    assert queued.get("queued") is True, queued
    before = answer("common", "lv", number)["digest"]
    answer("rebuild", "lv")
    assert answer("common", "lv", number)["digest"] == before


@check("evidence goes into the vault and comes out the same")
def _():
    number = pathlib.Path("number").read_text(encoding="utf-8")
    pathlib.Path("photo.bin").write_bytes(os.urandom(300000))
    added = answer("evidence", "add", "lv", "photo.bin", "--case", number, "--as", "lv.rep", "item=photo-1",
                   "evidence_kind=photo", "description=print", password="rep")
    fields = answer("fact", "show", "lv", added["ref"])["fields"]
    answer("evidence", "get", "lv", fields["blob"], "again.bin")
    assert pathlib.Path("again.bin").read_bytes() == pathlib.Path("photo.bin").read_bytes()
    refused(1, "duplicate", "evidence", "get", "lv", fields["blob"], "again.bin")


@check("a scenario that is malformed is wrong usage, one that does not hold is exit 1")
def _():
    step = {"at": "2024-05-06T08:00:00Z", "who": "lv.duty", "do": "letter.sent", "fields": {"subject": "x"}}
    head = {"title": "x", "source": ["x"], "pack": "lv-by", "parties": ["lv", "by"],
            "officers": {"lv.duty": {"role": "R7"}}, "steps": [step]}

    def play(scenario):
        write("x.json", json.dumps(scenario))
        return run("play", "x.json")
    earlier = dict(step, at="2024-05-06T07:00:00Z")
    for wrong in [dict(head, colour="red"), dict(head, steps=[]), dict(head, steps=[dict(step, colour="red")]),
                  dict(head, steps=[step, earlier]), dict(head, steps=[dict(step, fields={"subject": 1})]),
                  dict(head, steps=[dict(step, fields={"of": "@nothing"})]),
                  dict(head, steps=[step, {"do": "sink"}]), dict(head, steps=[dict(step, fails="colour")]),
                  dict(head, steps=[step, {"expect": {"party": "xx", "case": "c1", "state": "DRAFT"}}]),
                  dict(head, steps=[step, {"expect": {"party": "lv", "colour": "red"}}]),
                  dict(head, steps=[dict(step, who="xx.duty")]), dict(head, parties=["lv"]),
                  dict(head, steps=[dict(step, id="a"), dict(step, id="a")]), [], "x"]:
        code, out, err = play(wrong)
        assert code == 2 and err.startswith("twinpost: usage: ") and out == "", (wrong, code, out, err)
    code, out, _ = play(dict(head, steps=[dict(step, do="no.such.kind")]))
    assert code == 1 and out.splitlines()[-1] == "0 passed, 1 failed", (code, out)
    code, out, _ = play(dict(head, steps=[dict(step, do="no.such.kind", fails="schema"), {"expect": {"party": "lv", "journal_size": 3}}]))
    assert code == 0 and out.splitlines()[-1] == "2 passed, 0 failed", (code, out)
    refused(4, "not_found", "play", "nowhere.json")


main()
