#!/usr/bin/env python3
"""pack.py TWINPOST PACKS: packs as strangers bring them. Files that are none, texts that are no JSON, and one broken
thing at a time: the answer names file, place and mend on a line of its own, and the schemas say the same of shape."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

from shell import answer, check, courier, main, refused, run, write

try:
    import jsonschema
except ImportError:
    jsonschema = None

PACKS = pathlib.Path(sys.argv[2]).resolve()
NAMES = ["lv-by", "generic", "alpha-beta"]
LINE = re.compile(r"(texts/)?[a-z]+\.json: [^:\n]+: [A-Z\"].*[.}]")


def load(path):
    return json.loads((PACKS / path).read_text(encoding="utf-8"))


def folder(name="lv-by", files=()):
    """A pack of its own: pack.json, kinds.json and texts, then some of them replaced."""
    shutil.rmtree("pack", ignore_errors=True)
    pathlib.Path("pack/texts").mkdir(parents=True)
    shutil.copy(PACKS / name / "pack.json", "pack")
    shutil.copy(PACKS / "common/kinds.json", "pack")
    for path in (PACKS / "texts").glob("*.json"):
        shutil.copy(path, "pack/texts")
    for path, content in dict(files).items():
        if isinstance(content, bytes):
            pathlib.Path("pack", path).write_bytes(content)
        else:
            write(f"pack/{path}", json.dumps(content, ensure_ascii=False))
    return "pack"


def found(start, mend, where="pack"):
    """The check refuses, and one line begins so and says so; every line has the form file: place: mend."""
    code, out, err = run("pack", "check", where)
    lines = out.splitlines()
    assert code == 1, f"exit {code}: {out[:300]}{err[:300]}"
    assert all(LINE.fullmatch(line) for line in lines), [line for line in lines if not LINE.fullmatch(line)][:3]
    assert any(line.startswith(start) and mend in line for line in lines), f"no {start} … {mend} in {lines[:5]}"


@check("the packs of the project are sound, alone and beside their texts")
def _():
    for name in NAMES:
        for where in (PACKS / name, folder(name)):
            code, out, err = run("pack", "check", str(where))
            assert (code, out) == (0, "the pack is sound\n"), (name, code, out[:300], err)
    code, out, _ = run("pack", "check", "pack", "--json")
    assert code == 0 and json.loads(out) == {"findings": []}, out


@check("what is no file, or no folder, is told")
def _():
    refused(4, "not_found", "pack", "check", "no-such-folder")
    refused(2, "usage", "pack", "check")
    for name, needed in (("pack.json", True), ("kinds.json", False), ("texts/ru.json", True)):
        path = pathlib.Path(folder(), name)
        path.unlink()
        if needed:
            found(f"{name}: whole file: ", "it is not there" if name == "pack.json" else "Add the file")
        else:
            assert run("pack", "check", "pack")[0] == 0
        for make in (path.mkdir, lambda at=path: os.mkfifo(at)):
            make()
            found(f"{name}: whole file: ", "this is a folder, a pipe or a device")
            path.rmdir() if path.is_dir() else path.unlink()
        path.symlink_to("/proc/self/mem")
        found(f"{name}: whole file: ", "Make it readable")
        path.unlink()
        path.symlink_to(path.name)  # leads to itself: nobody can say what is there
        found(f"{name}: whole file: ", "cannot read")
    folder()
    shutil.rmtree("pack/texts")
    assert run("pack", "check", "pack")[0] == 0, "without texts of its own a pack uses those of the program"
    write("some-file", "{}")
    found("pack.json: whole file: ", "it is not there", "some-file")


@check("what is no JSON is told with its line and column")
def _():
    pack = (PACKS / "lv-by/pack.json").read_bytes()
    rows = [
        (b"", "line 1, column 0", "the file is empty"),
        (b"\xef\xbb\xbf" + pack, "line 1, column 1", "byte order mark"),
        (pack.decode().encode("utf-16"), "line 1", "UTF-8"),
        (pack[:-20], "line ", "ends too early"),
        (pack + b"]", "line ", "follows the last bracket"),
        (pack.replace(b'"draft": true', b'"draft": true, "draft": false', 1), "line ", "two keys of the same name"),
        (pack.replace(b'"draft": true', b'"draft": yes', 1), "line ", "Mend the JSON here"),
        (pack.replace(b'"draft": true', b'"draft": "\\u0000"', 1), "line ", "NUL"),
        (pack.replace(b'"draft": true', b'"draft": "\0"', 1), "line ", "("),
        (pack.replace("Rīga".encode(), b"R\xefga").replace("Latvijas".encode(), b"Latvij\xff", 1), "line ", "UTF-8"),
        (b"[" * 100000, "whole file", "less deep"),
        (b'{"a":[' * 60 + b"]}" * 60, "whole file", "less deep"),
        (b"{" + b'"a":[' * 60 + b"]" * 60 + b"}", "line 1", "Mend the JSON here"),
        (b'{"id": "' + b"x" * (5 << 20) + b'"}', "whole file", "at most 4194304 bytes"),
        (b"[]", "whole file", "one object"),
        (b"null", "line 1", "one object"),
    ]
    for content, place, mend in rows:
        folder(files={"pack.json": content})
        found(f"pack.json: {place}", mend)
    for name in ("kinds.json", "texts/be.json"):
        folder(files={name: b'{"format": '})
        found(f"{name.removeprefix('texts/')}: line 1", "ends too early")


@check("a zone that no machine knows is told")
def _():
    pack = load("lv-by/pack.json")
    for zone in ("Europe/Rigaa", "Europe/Daugavpils", "Nowhere/Land"):
        pack["parties"][0]["zone"] = zone
        folder(files={"pack.json": pack})
        found("pack.json: parties[1].zone: ", f'"{zone}" is none')


def at(root, path):
    for step in path:
        root = root[step]
    return root


def put(root, path, value):
    at(root, path[:-1])[path[-1]] = value


def remove(root, path, _):
    del at(root, path[:-1])[path[-1]]


def add(root, path, value):
    at(root, path).append(value)


# How, where, what, place in the answer. Each is refused by the program and by the schema: shape alone.
SHAPE = [
    (put, ["format"], "twinpost/pack/9", "format"),
    (put, ["colour"], "red", "top level"),
    (remove, ["types"], None, "top level"),
    (put, ["types"], [], "types"),
    (put, ["id"], "Lv By", "id"),
    (put, ["title", "lv"], "", "title.lv"),
    (put, ["title", "lv"], "x" * 501, "title.lv"),
    (put, ["title", "lv"], " x", "title.lv"),
    (put, ["draft"], "yes", "draft"),
    (put, ["languages"], [], "languages"),
    (add, ["languages"], "lv", "languages"),
    (put, ["languages", 0], "Latvian", "languages[1]"),
    (remove, ["parties", 1], None, "parties"),
    (put, ["parties", 0, "zone"], "Riga", "parties[lv].zone"),
    (put, ["parties", 0, "id"], "LV", "parties[LV].id"),
    (put, ["roles", 0, "id"], "R16", "roles[R16].id"),
    (put, ["types", 0, "grave"], 1, "types[I01].grave"),
    (put, ["types", 0, "inspection"], "maybe", "types[I01].inspection"),
    (put, ["types", 0, "returns"], None, "types[I01].returns"),
    (put, ["types", 0, "settle_at"], "R2", "types[I01].settle_at"),
    (put, ["types", 0, "outcomes"], ["O1"], "types[I01].outcomes"),
    (put, ["types", 0, "source"], [], "types[I01].source"),
    (remove, ["types", 0, "verified"], None, "types[I01]"),
    (put, ["types", 0, "steps", 0, "roles"], [], "types[I01].steps[a].roles"),
    (put, ["types", 0, "steps", 0, "limits"], ["soon"], "types[I01].steps[a].limits[1]"),
    (put, ["types", 0, "steps", 0, "documents"], "DOC05", "types[I01].steps[a].documents"),
    (put, ["types", 0, "steps", 0, "colour"], 1, "types[I01].steps[a]"),
    (put, ["parameters", 0, "limit"], "30 minutes", "parameters[D01].limit"),
    (put, ["parameters", 0, "limit"], "PT0M", "parameters[D01].limit"),
    (put, ["parameters", 0, "limit"], 30, "parameters[D01].limit"),
    (put, ["parameters", 0, "owes"], "all", "parameters[D01].owes"),
    (remove, ["parameters", 0, "source"], None, "parameters[D01]"),
    (remove, ["parameters", 0, "verified"], None, "parameters[D01]"),
    (put, ["parameters", 0, "start", "event"], "moonrise", "parameters[D01].start.event"),
    (remove, ["parameters", 1, "start", "clock"], None, "parameters[D02].start"),
    (put, ["parameters", 4, "start", "where"], {}, "parameters[D05].start.where"),
    (put, ["parameters", 0, "done", 0, "ref"], 7, "parameters[D01].done[1].ref"),
    (remove, ["parameters", -1, "value"], None, "parameters[X06]"),
    (remove, ["parameters", -1, "verified"], None, "parameters[X06]"),
    (put, ["documents", 0, "signed_by"], "", "documents[DOC01].signed_by"),
    (put, ["documents", 0, "signed_by"], "R1,R2+", "documents[DOC01].signed_by"),
    (put, ["documents", 0, "signed_by"], "R1,+doctor", "documents[DOC01].signed_by"),
    (put, ["documents", 0, "signed_by"], "R1,doctor", "documents[DOC01].signed_by"),
    (put, ["other_signers", 0, "id"], "Doctor", "other_signers[Doctor].id"),
    (remove, ["other_signers", 0, "title"], None, "other_signers[doctor]"),
    (put, ["documents", 0, "originals"], 10, "documents[DOC01].originals"),
    (put, ["states", 0, "id"], "Draft", "states[Draft].id"),
    (put, ["checklists", 0, "items"], [], "checklists[E1].items"),
    (put, ["outcomes", 0, "id"], "O8", "outcomes[O8].id"),
    (put, ["ladder", 0, "level"], "4", "ladder[4].level"),
    (put, ["common_steps"], [], "common_steps"),
    (put, ["holidays", "a", 0, "date"], "13-01", "holidays.a[1].date"),
    (put, ["holidays", "a", 0, "easter"], 1, "holidays.a[1]"),
    (put, ["holidays", "a", 1, "easter"], 61, "holidays.a[2].easter"),
    (put, ["holidays", "weekend"], {"a": [0], "b": []}, "holidays.weekend.a[1]"),
    (put, ["protection_words", "lv"], [], "protection_words.lv"),
    (put, ["weights"], {"x": 1}, "weights.x"),
]
KIND_SHAPE = [
    (put, ["format"], "x", "format"),
    (put, ["kinds"], [], "kinds"),
    (put, ["kinds", 0, "crosses"], "often", "kinds[post.opened].crosses"),
    (put, ["kinds", 0, "roles"], [], "kinds[post.opened].roles"),
    (put, ["kinds", 0, "case"], "maybe", "kinds[post.opened].case"),
    (remove, ["kinds", 0, "effect"], None, "kinds[post.opened]"),
    (put, ["kinds", 0, "fields"], [], "kinds[post.opened].fields"),
    (put, ["kinds", 0, "fields", 0, "class"], "secret", "kinds[post.opened].fields[origin].class"),
    (put, ["kinds", 0, "fields", 0, "type"], "smell", "kinds[post.opened].fields[origin].type"),
    (put, ["kinds", 0, "fields", 0, "values"], ["x"], "kinds[post.opened].fields[origin]"),
    (put, ["kinds", 0, "fields", 0, "max_bytes"], 0, "kinds[post.opened].fields[origin].max_bytes"),
]


def agree(schema, name, root, rows):
    validator = jsonschema.Draft202012Validator(load(f"schema/{schema}.schema.json")) if jsonschema else None
    for how, path, value, place in rows:
        broken = copy.deepcopy(root)
        how(broken, path, value)
        folder(files={name: broken})
        found(f"{name}: {place}: ", "")
        if validator:
            assert not validator.is_valid(broken), f"the schema accepts {how.__name__} {path} {value}"


@check(f"{len(SHAPE) + len(KIND_SHAPE)} broken shapes are found by the program and refused by the schemas")
def _():
    agree("pack", "pack.json", load("lv-by/pack.json"), SHAPE)
    agree("kinds", "kinds.json", load("common/kinds.json"), KIND_SHAPE)


def own_pack():
    """A small agreement of two invented states in two languages, one of which the program has no words for."""
    pack = load("alpha-beta/pack.json")
    pack["id"] = "alpha-gamma"
    pack["other_signers"] = [{"id": "doctor", "title": {"fr": "médecin", "sw": "daktari", "en": "doctor"}}]
    next(d for d in pack["documents"] if d["id"] == "DOC05")["signed_by"] = "R3+R5,doctor+doctor both"
    shutil.rmtree("own", ignore_errors=True)
    os.makedirs("own/texts")
    write("own/pack.json", json.dumps(pack, ensure_ascii=False))
    write("own/texts/fr.json", json.dumps({"format": "twinpost/texts/1", "language": "fr", "texts": {
        "duty.owes": "Incombe à {party}", "count.hours": {"one": "{count} heure", "other": "{count} heures"}}}))
    write("own/texts/verify.fr.txt", "Comment vérifier ce dossier\n")
    return pack


@check("a pack of one's own brings its words, and what it lacks is English")
def _():
    own_pack()
    assert run("pack", "check", "own")[:2] == (0, "the pack is sound\n")
    answer("init", "alpha", "--party", "alpha", "--pack", "own/")
    answer("officer", "add", "alpha", "alpha.duty", "--name", "A. Duty", "--role", "R7", new="duty")
    made = answer("fact", "add", "alpha", "incident.registered", "--as", "alpha.duty", "type=TIR", "section=lac",
                  "happened_from=2024-06-03T03:40:00Z", "noticed_at=2024-06-03T03:55:00Z", "summary.fr=Un tir.",
                  password="duty")
    _, text, _ = run("duty", "explain", "alpha", made["case"], "D19", "--language", "fr")
    assert "Incombe à alpha\n" in text and "Limit: 2 heures of elapsed time." in text, text
    assert "Africa/Kinshasa (UTC+01:00)" in text, text
    listed = answer("duty", "list", "alpha", made["case"])["duties"]
    assert {"D02", "D11", "D19"} <= {d["duty"] for d in listed}, listed
    answer("init", "beta", "--party", "beta", "--pack", "own/")
    for one, other in (("alpha", "beta"), ("beta", "alpha")):
        write(f"{one}.card", run("card", one)[1])
        answer("pair", other, f"{one}.card")
    answer("fact", "add", "alpha", "notice.sent", "--case", made["case"], "--as", "alpha.duty", f"of={made['ref']}",
           "text.fr=Un tir.", password="duty")
    courier("alpha", "beta")
    answer("dossier", "beta", made["case"], "own.zip")
    with zipfile.ZipFile("own.zip") as bag:
        page = [name for name in bag.namelist() if name.endswith("VERIFY.fr.txt")]
        assert page and bag.read(page[0]).decode() == "Comment vérifier ce dossier\n", bag.namelist()


@check("whoever signs an act besides has a line on paper" + ("" if shutil.which("pdftotext") else " # SKIP no pdftotext"))
def _():
    if not shutil.which("pdftotext"):
        return
    answer("officer", "add", "alpha", "alpha.assist", "--name", "A. Assist", "--role", "R3", new="assist")
    act = answer("fact", "add", "alpha", "act.drafted", "--as", "alpha.assist", "doc=DOC05", "version=1", "statement.1.fr=Un tir.",
                 "statement.1.sw=Risasi.", "--case", answer("case", "list", "alpha")["cases"][0]["case"], password="assist")
    answer("act", "pdf", "alpha", act["ref"], "act.pdf", "--form", "a")
    page = " ".join(subprocess.run(["pdftotext", "-raw", "act.pdf", "-"], capture_output=True, text=True, check=True).stdout.split())
    assert page.count("Interprète / Médecin") == 1 and page.count("Médecin") == 2, page


@check("a post is not made with a pack that is not sound")
def _():
    pack = own_pack()
    pack["parameters"][0]["limit"] = "soon"
    write("own/pack.json", json.dumps(pack))
    said = refused(1, "schema", "init", "unsound", "--party", "alpha", "--pack", "own/")
    assert "pack.json: parameters[D02].limit: Write a duration" in said, said
    assert not os.path.exists("unsound/twinpost.db")
    said = refused(4, "not_found", "init", "unsound", "--party", "alpha", "--pack", "no-such")
    assert "alpha-beta, generic, lv-by" in said, said


@check("no state stands in the program")
def _():
    literal = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
    state = re.compile(r"Latvia|Belarus|Riga|Minsk|Daugav|Polotsk|\blv-by\b|\bLV-|\bBY-", re.I)
    for path in (PACKS.parent / "src").rglob("*.[ch]"):
        code = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for text in literal.findall(code):
            assert not state.search(text) or "such as" in text or "for example" in text, f"{path.name}: {text}"


@check("the schemas accept every file of the project" + ("" if jsonschema else " # SKIP no python3-jsonschema here"))
def _():
    if not jsonschema:
        return
    for schema, names in {"pack": [f"{name}/pack.json" for name in NAMES], "kinds": ["common/kinds.json"],
                          "texts": [f"texts/{code}.json" for code in ("lv", "be", "ru", "en")],
                          "glossary": ["common/glossary.json"]}.items():
        validator = jsonschema.Draft202012Validator(load(f"schema/{schema}.schema.json"))
        validator.check_schema(validator.schema)
        for name in names:
            problems = [f"{list(p.path)}: {p.message[:120]}" for p in validator.iter_errors(load(name))]
            assert not problems, (name, problems[:3])


main()
