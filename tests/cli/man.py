#!/usr/bin/env python3
"""man.py TWINPOST PAGES: every subcommand has a page; page and --help give the same forms and options, with the same
values, and the page tells of exit codes and of the keys of the JSON answer."""
import pathlib
import re
import subprocess
import sys

program, pages = sys.argv[1], pathlib.Path(sys.argv[2])


def help_of(*words):
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def options_of(text):
    return set(re.findall(r"^  --([a-z-]+)", text, re.M))


def section_of(text, name):
    found = text.split(f"\n# {name}\n")
    return found[1].split("\n# ")[0].strip() if len(found) == 2 else ""


def forms_written(text):
    """The lines under SYNOPSIS as the reader sees them."""
    return [re.sub(r"[*\\]|\+\+$", "", line).strip() for line in section_of(text, "SYNOPSIS").splitlines()]


def forms_offered(name, verbs):
    pages = [help_of(name, v) for v in verbs] if verbs else [help_of(name)]
    return [re.match(r"usage: (.*)", page)[1] for page in pages]


def problems_of(name, summary):
    page = pages / f"twinpost-{name}.1.scd"
    if not page.exists():
        yield f"{page.name} is missing"
        return
    text, own = page.read_text(encoding="utf-8"), help_of(name)
    verbs = re.findall(rf"^  twinpost {name} (\S+)", own, re.M)
    offered = set().union(*[options_of(help_of(name, v)) for v in verbs]) if verbs else options_of(own)
    written = set(re.findall(r"^\*--([a-z-]+)\*", text, re.M))
    if not offered:
        yield f"{name} --help names no options"
    if forms_written(text) != forms_offered(name, verbs):
        yield f"{page.name} says {forms_written(text)}, --help says {forms_offered(name, verbs)}"
    yield from (f"{page.name} has nothing under {s}" for s in ("DESCRIPTION", "JSON", "EXIT STATUS", "SEE ALSO") if not section_of(text, s))
    yield from (f"{page.name} does not tell of --{o}" for o in sorted(offered - written))
    yield from (f"{page.name} tells of --{o}, which is none" for o in sorted(written - offered))
    yield from (f"{page.name} does not tell of {v}" for v in verbs if f"*twinpost {name} {v}*" not in text)
    if f"twinpost-{name} - {summary}" not in text:
        yield f"{page.name} has another summary than --help"


def overview_problems(subcommands):
    text = (pages / "twinpost.1.scd").read_text(encoding="utf-8")
    for name, summary in subcommands:
        if f"*twinpost-{name}*(1)\n\t{summary[0].upper()}{summary[1:]}.\n" not in text:
            yield f"twinpost.1.scd does not say of {name} what --help says"


subcommands = re.findall(r"^  ([a-z]+) +(\S.*)$", help_of(), re.M)
print(f"1..{len(subcommands) + 1}")
failed = 0
for number, (name, summary) in enumerate(subcommands, 1):
    problems = list(problems_of(name, summary))
    print(f"{'not ok' if problems else 'ok'} {number} - the page of {name} and its --help agree")
    for problem in problems:
        print(f"# {problem}")
    failed += bool(problems)
known = {f"twinpost-{name}.1.scd" for name, _ in subcommands} | {"twinpost.1.scd"}
strangers = sorted(p.name for p in pages.glob("*.scd") if p.name not in known) + list(overview_problems(subcommands))
print(f"{'not ok' if strangers or not subcommands else 'ok'} {len(subcommands) + 1} - no page is left over, and twinpost(1) lists the others")
for problem in strangers:
    print(f"# {problem}")
sys.exit(1 if failed or strangers or not subcommands else 0)
