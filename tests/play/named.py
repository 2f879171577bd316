#!/usr/bin/env python3
"""named.py ROOT: is every example of the packs named in tests/play/meson.build? No glob names them there, so
this test finds the forgotten one. And do the examples of lv-by leave no checklist and no grave type out?"""
import json
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
named = set()
text = (root / "tests/play/meson.build").read_text(encoding="utf-8")
for place, names in re.findall(r"'([\w/-]+)': \[([^\]]*)\]", text):
    pack, _, folder = place.partition("/")
    named |= {str(pathlib.Path("packs", pack, "examples", folder, n + ".json"))
              for n in re.findall(r"'([\w-]+)'", names)}
present = {str(p.relative_to(root)) for p in root.glob("packs/*/examples/**/*.json")}
for path in sorted(present ^ named):
    print(f"{path} is {'not named' if path in present else 'not there'}")
print(f"{len(present & named)} examples are named")

# What the examples of lv-by play through: every checklist with items done and not possible, and every type that
# is grave, or becomes so by a field, told to diplomacy while the post goes on finding out.
pack = json.loads((root / "packs/lv-by/pack.json").read_text(encoding="utf-8"))
missing = {(c["id"], answer) for c in pack["checklists"] for answer in ("done", "not_possible")}
missing |= {(t["id"], "escalated") for t in pack["types"] if t["grave"] or t.get("grave_when")}
for path in present:
    steps = json.loads((root / path).read_text(encoding="utf-8"))["steps"]
    types = {s["fields"].get("type") for s in steps if s.get("do") == "incident.registered"}
    if not path.startswith("packs/lv-by/"):
        continue
    missing -= {(s["fields"]["list"], s["fields"].get("answer")) for s in steps
                if s.get("do") == "checklist.answered" and "fails" not in s}
    if any(s.get("expect", {}).get("escalated") == "3" for s in steps):
        missing -= {(t, "escalated") for t in types}
for what in sorted(missing):
    print(f"no example of lv-by has {' '.join(what)}")
sys.exit(1 if present ^ named or not present or missing else 0)
