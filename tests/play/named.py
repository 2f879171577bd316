#!/usr/bin/env python3
"""named.py ROOT: is every example of the packs named in tests/play/meson.build? No glob names them there, so
this test finds the forgotten one."""
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
sys.exit(1 if present ^ named or not present else 0)
