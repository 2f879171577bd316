#!/usr/bin/env python3
"""Style and architecture as a test: one rule a function, one TAP line a rule.

Rules read tracked files; those about symbols need --build. What may pass stands in
tidy_exceptions.txt with its reason. What would need to parse C is for clang-tidy.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION_MAX, FILE_MAX, HEADER_MAX = 70, 500, 150
BANNED = """strcpy strcat sprintf vsprintf gets strtok strncpy strncat rand srand random srandom
drand48 system popen atoi atol atoll atof alloca setjmp longjmp asctime ctime gmtime localtime tmpnam
tempnam mktemp sscanf fscanf scanf getenv_s signal vfork bcopy bzero goto skip""".split()
PACKAGES = """libsodium nettle hogweed jansson sqlite3 gnutls libmicrohttpd libcurl pangocairo
cairo-pdf librsvg-2.0 libqrencode libarchive libqpdf geos proj cmocka""".split()
# Written in two parts so that this file does not hold what it forbids.
MACHINE = re.compile(r"(^|[^A-Za-z0-9_.])/(wo" r"rk|fa" r"rm|ro" r"ot)/|\.libra" r"ry/"
                     r"|deb\.deb" r"ian\.org|registry\.np" r"mjs", re.M)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|not imple" r"mented|st" r"ub)\b")


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@functools.lru_cache(None)
def tracked():
    listing = run("git", "ls-files")
    names = listing.stdout.splitlines() if listing.returncode == 0 else [
        str(p.relative_to(ROOT)) for p in ROOT.rglob("*")
        if p.is_file() and not re.match(r"(\.git|build)|.*node_modules", str(p.relative_to(ROOT)))]
    return [n for n in names if (ROOT / n).is_file()]


def files(pattern):
    return [n for n in tracked() if re.search(pattern, n)]


@functools.lru_cache(None)
def text(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


@functools.lru_cache(None)
def code(name):
    """The file without comments and what stands in quotes; lines stay where they are."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''

    def blank(match):
        return '""' if match[0][0] == '"' else " " + "\n" * match[0].count("\n")
    return re.sub(pattern, blank, text(name), flags=re.S)


@functools.lru_cache(None)
def exceptions(rule):
    """Names that `rule` lets pass: lines of `rule name reason`."""
    lines = (ROOT / "tools/tidy_exceptions.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(None, 2) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 3 for row in rows), "an exception needs rule, name and reason"
    return {row[1] for row in rows if row[0] == rule}


def table(first_cell):
    """Rows of the ARCHITECTURE.md table whose heading starts with this cell."""
    rows, inside = [], False
    for line in text("ARCHITECTURE.md").splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            inside = False
        elif cells[0] == first_cell:
            inside = True
        elif inside and not set(cells[0]) <= {"-"}:
            rows.append([[w.strip() for w in c.split(",")] for c in cells])
    assert rows, f"ARCHITECTURE.md has no table that starts with {first_cell}"
    return rows


def layer_of(path, layers):
    fits = [n for n in layers if path == n or path.startswith(n + "/")]
    return max(fits, key=len, default=None)


def check_layers():
    may = {name: row[1] for row in table("layer") for name in row[0]}
    for name in files(r"^src/.*\.[ch]$"):
        layer = layer_of(name[4:], may)
        if layer is None:
            yield f"{name}: stands in no layer of ARCHITECTURE.md"
            continue
        for used in re.findall(r'^#include "([^"]+)"', text(name), re.M):
            other = layer_of(used, may)
            if other is None and used not in exceptions("include"):
                yield f"{name}: include of {used}, which is in no layer"
            elif other not in (None, layer) and other not in may[layer] and other.split("/")[0] not in may[layer]:
                yield f"{name}: {layer} may not use {used}"


def check_libraries():
    owners = [(header, row[1]) for row in table("header of another project") for header in row[0]]
    for name in files(r"^src/.*/.*\.[ch]$"):
        for used in re.findall(r"^#include <([^>]+)>", text(name), re.M):
            for header, only in owners:
                if used.startswith(header) and name.split("/")[1] not in only \
                        and name not in exceptions("library"):
                    yield f"{name}: <{used}> belongs to {', '.join(only)}"


def check_lengths():
    for name in files(r"\.[ch]$"):
        lines = text(name).splitlines()
        limit = HEADER_MAX if name.endswith(".h") else FILE_MAX
        if len(lines) > limit and name not in exceptions("file"):
            yield f"{name}: {len(lines)} lines, limit {limit}"
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                head = re.search(r"(\w+)\(", "\n".join(lines[max(0, start - 5):start - 1])
                                 .rsplit("}", 1)[-1].rsplit("\n\n", 1)[-1])
                function = head[1] if head else "?"
                if number - start - 1 > FUNCTION_MAX and function not in exceptions("function"):
                    yield f"{name}:{start}: {function} has {number - start - 1} lines"
                start = None


def check_banned():
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(|\b(goto)\b")
    for name in files(r"^(src|tests|bench)/.*\.[ch]$"):
        for number, line in enumerate(code(name).splitlines(), 1):
            for match in pattern.finditer(line):
                yield f"{name}:{number}: {match[1] or match[2]} is banned"
            if re.match(r"\s*typedef\b.*?(\b[a-z]\w*);", line):
                yield f"{name}:{number}: only values have a typedef, and a Capital"


def check_named():
    build = "".join(text(n) for n in files(r"(^|/)meson\.build$"))
    for name in files(r"^(src|tests|bench)/.*\.c$"):
        short = [name] + [name[len(str(pathlib.Path(m).parent)) + 1:] for m in files(r"/meson\.build$")
                          if name.startswith(str(pathlib.Path(m).parent) + "/")]
        stem = pathlib.Path(name).stem  # in a loop over names the build file holds only these
        if not any(f"'{s}'" in build for s in [*short, stem, re.sub("_(test|bench)$", "", stem)]):
            yield f"{name}: no meson.build names it"


def check_headers():
    for name in files(r"^(src|tests)/.*\.h$"):
        if "#pragma once" not in text(name):
            yield f"{name}: no #pragma once"
        if not text(name).startswith("/*"):
            yield f"{name}: the first comment says what the module decides"


def check_comments():
    """Every block of declarations (lines without an empty one between) holds a comment, unless
    its verb is one whose contract CONTRIBUTING.md fixes for all."""
    clear = re.compile(r"_(is|has)_|_(exists|parse)$|_auto_")
    for name in files(r"^src/.*\.h$"):
        if name in exceptions("comment"):
            continue
        for block in re.split(r"\n\s*\n", text(name)):
            found = re.search(r"^(?:MUST_USE )?[A-Za-z][\w *]*?\b(\w+)\([^;{]*\)[^;{]*;", block, re.M)
            if found and "/*" not in block and not clear.search(found[1]) \
                    and found[1] not in exceptions("comment"):
                yield f"{name}: {found[1]} has no comment"


def check_alone(build):
    flags = run("pkg-config", "--cflags", *PACKAGES).stdout.split()
    headers = files(r"^src/.*\.h$")
    seen = hashlib.sha256(("".join(text(h) for h in headers) + str(flags)).encode()).hexdigest()
    stamp = ROOT / build / "tidy-headers" if build else None
    if stamp and stamp.exists() and stamp.read_text() == seen:
        return

    def compile_one(header):
        return header, run("gcc", "-fsyntax-only", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra",
                           "-Isrc", *flags, "-x", "c", "-include", header, "/dev/null").stderr
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bad = [(h, e) for h, e in pool.map(compile_one, headers) if e]
    yield from (f"{h}: does not compile alone: {e.splitlines()[-1]}" for h, e in bad)
    if stamp and not bad:
        stamp.write_text(seen)


def check_links():
    for name in files(r"\.md$"):
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text(name), flags=re.S)):
            target = link.split("#")[0]
            if target and not re.match(r"\w+:", link) \
                    and not (ROOT / name).parent.joinpath(target).exists():
                yield f"{name}: {link} leads nowhere"


def check_routes():
    if "api/openapi.yaml" not in tracked() or not files(r"^src/http/.*\.c$"):
        return
    row = re.compile(r'\{\s*(?:HTTP_)?"?(GET|POST|PUT|PATCH|DELETE)"?\s*,\s*"(/[^"]*)"')
    served = {f"{m} {p}" for n in files(r"^src/http/.*\.c$") for m, p in row.findall(text(n))}
    promised, path = set(), ""
    for line in text("api/openapi.yaml").splitlines():
        if found := re.match(r"  ['\"]?(/[^'\":]*)['\"]?:\s*$", line):
            path = found[1]
        elif path and (found := re.match(r"    (get|post|put|patch|delete):", line)):
            promised.add(f"{found[1].upper()} {path}")
        elif re.match(r"\S", line):
            path = ""
    yield from (f"api/openapi.yaml does not hold {r}" for r in sorted(served - promised))
    yield from (f"src/http does not serve {r}" for r in sorted(promised - served))


def check_words():
    for name in files(r""):
        if name.endswith((".png", ".pdf", ".zip", ".woff2")) or "/corpus/" in name:
            continue
        if match := MACHINE.search(text(name)):
            yield f"{name}: names a machine or a registry: {match[0].strip()}"
        if re.search(r"\.([ch]|py|sh|tsx?|sql)$|^dev$", name) and (match := UNFINISHED.search(text(name))):
            yield f"{name}: unfinished word: {match[0]}"
        if name.endswith("package-lock.json") and re.search(r'"resolved": *"http', text(name)):
            yield f"{name}: holds download addresses"


def check_ignored():
    """What .gitignore names is made by a build or a test; some of it holds keys."""
    listing = run("git", "ls-files", "--cached", "--ignored", "--exclude-standard")
    yield from (f"{n}: is tracked though .gitignore names it" for n in listing.stdout.splitlines()
                if n in tracked())


def check_gate_source():
    """Only the gate calls the maker; disclosure.c may define it."""
    for name in files(r"^src/.*\.c$"):
        if re.search(r"\bdisclosure_make\b", code(name)) \
                and not name.endswith(("core/casework/gate.c", "/disclosure.c")):
            yield f"{name}: only the gate makes a disclosure"


def symbols(archive, kinds):
    """(object, symbol) of the kinds wanted, as `nm` names them."""
    member = ""
    for line in run("nm", str(archive)).stdout.splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif (found := re.match(r"[0-9a-f ]{16} (\w) (\S+)$", line)) and found[1] in kinds:
            yield member, found[2].split("@")[0]


def check_symbols(build):
    """Purity of base and core, no mutable globals, one maker of disclosures."""
    layers = {name.split("/")[0] for row in table("layer") for name in row[0]}
    archives = [a for a in sorted((ROOT / build).glob("lib*.a")) if a.stem[3:].split("_")[0] in layers]
    if any(s.startswith(("__asan", "__sanitizer", "__gcov")) for a in archives for _, s in symbols(a, "U")):
        return
    allowed = {w for line in text("tools/pure_symbols.txt").splitlines()
               if not line.startswith("#") for w in line.split()}
    own = {s for a in archives if a.stem in ("libbase", "libcore") for _, s in symbols(a, "TDBRVd")}
    for archive in archives:
        if archive.stem in ("libbase", "libcore"):
            for member, symbol in symbols(archive, "U"):
                if symbol not in own | allowed:
                    yield f"{member}: {symbol} is not on the list of pure functions"
        for member, symbol in symbols(archive, "U"):
            if symbol == "disclosure_make" and "gate.c" not in member:
                yield f"{member}: only the gate makes a disclosure"
        for line in run("objdump", "-t", str(archive)).stdout.splitlines():
            found = re.match(r"[0-9a-f]{16} \S* *O \.(t?data|t?bss)\s+[0-9a-f]+ (\S+)$", line)
            if found and found[2].split(".")[0] not in exceptions("global"):
                yield f"{archive.name}: {found[2]} is a mutable global"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", help="build folder with the layers' libraries")
    arguments.add_argument("--quiet", action="store_true", help="show only what is wrong")
    options = arguments.parse_args()
    rules = [check_layers, check_libraries, check_lengths, check_banned, check_named, check_headers,
             check_comments, check_links, check_routes, check_words, check_ignored,
             check_gate_source]
    if not options.quiet:
        rules.append(functools.partial(check_alone, options.build))
    if options.build:
        rules.append(functools.partial(check_symbols, options.build))
    failed = 0
    if not options.quiet:
        print(f"1..{len(rules)}")
    for number, rule in enumerate(rules, 1):
        problems = sorted(set(rule()))
        name = getattr(rule, "func", rule).__name__.removeprefix("check_").replace("_", " ")
        if problems or not options.quiet:
            print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}", file=sys.stderr)
        failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
