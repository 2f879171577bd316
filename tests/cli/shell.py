"""The program from outside, for the tests of this folder: runs it, checks what it answers, counts as TAP does.
Each test file runs in a folder of its own that is removed afterwards; its first argument is the program."""
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs/man"
CHECKS = []


def environment(password=None, new=None, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("TWINPOST_")}
    if password:
        env["TWINPOST_PASSWORD"] = password
    if new:
        env["TWINPOST_NEW_PASSWORD"] = new
    return dict(env, **more)


def run(*words, password=None, new=None, fd=None, **how):
    """(exit code, stdout, stderr) of one command; `fd` is a password given by a descriptor."""
    passed = ()
    if fd is not None:
        read, write_end = os.pipe()
        os.write(write_end, fd.encode() + b"\n")
        os.close(write_end)
        words, passed = (*words, "--password-fd", str(read)), (read,)
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=environment(password, new),
                          pass_fds=passed, timeout=60, check=False, **how)
    if passed:
        os.close(passed[0])
    return done.returncode, done.stdout, done.stderr


@functools.cache
def documented(subcommand):
    """The keys that the section JSON of the subcommand's page names."""
    page = (PAGES / f"twinpost-{subcommand}.1.scd").read_text(encoding="utf-8")
    section = page.split("\n# JSON\n")[1].split("\n# ")[0].replace("\\_", "_")
    return set(re.findall(r"\*([a-z_]+)\*", section))


def keys_of(value):
    """Every key of an answer; not those of `fields` and `cases`, which are names of the user's."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    if not isinstance(value, dict):
        return set()
    named = {k for k in ("fields", "cases") if isinstance(value.get(k), dict)}
    return set(value) | set().union(*(keys_of(v) for k, v in value.items() if k not in named))


def answer(*words, **how):
    """The JSON answer of a command that must be done; the page of the command knows each of its keys."""
    code, out, err = run(*words, "--json", **how)
    assert code == 0, f"{words}: {code} {err}"
    assert out.endswith("}\n") and out.count("\n") == 1, f"{words}: more than one line of JSON: {out}"
    found = json.loads(out)
    strangers = keys_of(found) - documented(words[0])
    assert not strangers, f"{words}: the page does not tell of {strangers}"
    return found


def refused(code, reason, *words, **how):
    """The command ends with this exit code and reason, says so on stderr and nothing on stdout."""
    got, out, err = run(*words, **how)
    assert got == code, f"{words}: exit {got}, not {code}: {err}"
    assert err.startswith(f"twinpost: {reason}: "), f"{words}: {err}"
    assert out == "", f"{words}: wrote {out}"
    return err


def refused_as_json(code, reason, *words, **how):
    """The same with --json: the reason on stderr is an object of code and reason."""
    got, out, err = run(*words, "--json", **how)
    assert got == code and out == "", f"{words}: exit {got}: {out}"
    found = json.loads(err)
    assert found["code"] == reason and found["reason"] and set(found) == {"code", "reason"}, err
    return found["reason"]


def write(path, text):
    pathlib.Path(path).write_text(text, encoding="utf-8")


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def make_posts(parties=("lv", "by"), officers=("duty:R7", "rep:R1", "help:R3", "dpo:R10")):
    """Paired posts in folders named as the parties; an officer's password is the officer's name without the party."""
    for party in parties:
        answer("init", party, "--party", party, "--pack", "lv-by")
        for officer in officers:
            name, role = officer.split(":")
            answer("officer", "add", party, f"{party}.{name}", "--name", f"Officer {name}", "--role", role, new=name)
        write(f"{party}.card", run("card", party)[1])
    for party in parties:
        for other in parties:
            if party != other:
                answer("pair", party, f"{other}.card")


def state(kind, party, officer, number="", **fields):
    """States a fact as party.officer; `text_lv` becomes text.lv."""
    words = [f"{name.replace('_lv', '.lv').replace('_ru', '.ru')}={value}" for name, value in fields.items()]
    return answer("fact", "add", party, kind, *(["--case", number] if number else []), "--as", f"{party}.{officer}",
                  *words, password=officer)


def notified(party="lv"):
    """A registered and notified incident: its number and the registration."""
    made = state("incident.registered", party, "duty", type="I17", happened_from="2024-05-06T07:40:00Z",
                 noticed_at="2024-05-06T07:55:00Z", section="silene", summary_lv="Darbi.", summary_ru="Работы.")
    state("notice.sent", party, "duty", made["case"], of=made["ref"], text_lv="Lūdzam.", text_ru="Просим.")
    return made["case"], made["ref"]


def courier(sender, receiver):
    """One parcel by courier, each half a process of its own."""
    answer("parcel", "write", sender, "courier.parcel", "--to", receiver)
    return answer("parcel", "read", receiver, "courier.parcel")


def check(name):
    def keep(function):
        CHECKS.append((name, function))
        return function
    return keep


def main():
    failed = 0
    print(f"1..{len(CHECKS)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.umask(0o022)
        for number, (name, function) in enumerate(CHECKS, 1):
            try:
                function()
                print(f"ok {number} - {name}", flush=True)
            except Exception as problem:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {name}\n# {type(problem).__name__}: {problem}", flush=True)
        os.chdir("/")
    sys.exit(1 if failed else 0)
