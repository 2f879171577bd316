#!/usr/bin/env python3
"""The catalogue of texts for TypeScript, and whether sources use what it has.

texts.py typescript OUT.ts FILE...     writes a module from packs/texts/<language>.json
texts.py used ROOT                     names keys that C or the page asks for and nobody wrote

The program compiles the same files in as they are (tools/embed.py). The module holds the texts of
every language, and the type of each key with the gaps that must be filled.
"""
import json
import pathlib
import re
import sys

FORMS = ["zero", "one", "two", "few", "many", "other"]
GAP = re.compile(r"\{(\w+)\}")

HEAD = """// Made from packs/texts by tools/texts.py: change those files, not this one.
// The data first, so that plain JavaScript can read this far; the types follow.
"""

TYPES = """
// ---- types ----
export type Language = %s;
export type TextKey = keyof TextGaps;
export type Plural = { zero?: string; one?: string; two?: string; few?: string; many?: string; other: string };
export type Text = string | Plural;

/** What has to be filled into each text; `count` chooses the plural form. */
export interface TextGaps {
%s
}
"""


def forms(value):
    return list(value.values()) if isinstance(value, dict) else [value]


def gaps(value):
    found = {}
    for text in forms(value):
        for name in GAP.findall(text):
            found[name] = "number" if name == "count" else "string"
    if isinstance(value, dict):
        found["count"] = "number"
    return found


def literal(value):
    return json.dumps(value, ensure_ascii=False)


def typescript(out, files):
    catalogues = {}
    for path in files:
        root = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        catalogues[root["language"]] = root["texts"]
    languages = sorted(catalogues)
    keys = sorted(catalogues[languages[0]])
    for language in languages:
        if sorted(catalogues[language]) != keys:
            sys.exit(f"texts.py: {language} and {languages[0]} differ in their keys: run twinpost pack check")
    lines = [HEAD, "export const catalogues = {"]
    for language in languages:
        lines.append(f"  {literal(language)}: {{")
        lines += [f"    {literal(key)}: {literal(catalogues[language][key])}," for key in keys]
        lines.append("  },")
    lines.append("};")
    english = catalogues["en"]
    rows = []
    for key in keys:
        inner = "; ".join(f"{name}: {kind}" for name, kind in sorted(gaps(english[key]).items()))
        rows.append(f"  {literal(key)}: {{ {inner} }};" if inner else f"  {literal(key)}: {{}};")
    lines.append(TYPES % (" | ".join(map(literal, languages)), "\n".join(rows)))
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


ROLE = re.compile(r"R\d+")
REASON = re.compile(r'X\(\w+, "(\w+)"')

# Calls whose argument is a key, in C and on the page; a key that is put together has its beginning.
CALLS = [
    re.compile(r'\b(?:words_get|sheet_text|sheet_texts|sheet_heading|sheet_field|phrase|phrase_count|tell)\('
               r'[^;"]*?"([a-z]+\.[A-Za-z0-9_.]*)"'),
    re.compile(r'\bt(?:Or)?\(\s*"([a-z]+\.[A-Za-z0-9_.]*)"'),
]
STARTS = [
    re.compile(r'"([a-z]+)\.%'),
    re.compile(r'\bt(?:Or)?\(\s*`([a-z]+(?:\.[a-z_]+)*)\.\$\{'),
]


def data_keys(root):
    """Keys that are put together from data: every kind, field, value, state, document and reason."""
    keys = set()
    for kind in json.loads((root / "packs/common/kinds.json").read_text(encoding="utf-8"))["kinds"]:
        keys.add("kind." + kind["kind"])
        for field in kind["fields"]:
            keys.add(".".join(["field", field["name"]] + ([field["part"]] if "part" in field else [])))
            keys.update("value." + value for value in field.get("values", []) if not ROLE.fullmatch(value))
    pack = json.loads((root / "packs/generic/pack.json").read_text(encoding="utf-8"))
    for part, start in {"states": "state", "outcomes": "outcome", "documents": "document", "roles": "role",
                        "ladder": "level"}.items():
        keys.update(f"{start}.{item.get('id') or item['level']}" for item in pack[part])
    keys.update("reason." + name for name in REASON.findall((root / "src/base/status.h").read_text()))
    return keys


def used(root):
    root = pathlib.Path(root)
    have = json.loads((root / "packs/texts/en.json").read_text(encoding="utf-8"))["texts"]
    first = {key.split(".")[0] for key in have}
    sources = [*root.glob("src/**/*.c"), *root.glob("web/static/*.js"), *root.glob("web/src/**/*.ts*")]
    keys = wrong = 0
    for key in sorted(data_keys(root)):
        keys += 1
        if key not in have:
            wrong += 1
            print(f"packs: the catalogue has no \"{key}\"; add it in every language")
    for path in sorted(sources):
        text = path.read_text(encoding="utf-8")
        for pattern in CALLS:
            for key in pattern.findall(text):
                keys += 1
                if key not in have:
                    wrong += 1
                    print(f"{path.relative_to(root)}: the catalogue has no \"{key}\"; add it in every language")
        for pattern in STARTS:
            for start in pattern.findall(text):
                if start.split(".")[0] in first:
                    keys += 1
                    if not any(key.startswith(start + ".") for key in have):
                        wrong += 1
                        print(f"{path.relative_to(root)}: nothing in the catalogue begins with \"{start}.\"")
    print(f"{keys} uses, {wrong} without a text")
    sys.exit(1 if wrong or keys == 0 else 0)


if len(sys.argv) > 3 and sys.argv[1] == "typescript":
    typescript(sys.argv[2], sys.argv[3:])
elif len(sys.argv) == 3 and sys.argv[1] == "used":
    used(sys.argv[2])
else:
    sys.exit(__doc__)
