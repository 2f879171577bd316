"""The program from outside, for the tests of this folder: runs it, checks what it answers, counts as TAP does.
Each test file runs in a folder of its own that is removed afterwards; its first argument is the program."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
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


def answer(*words, **how):
    """The JSON answer of a command that must be done."""
    code, out, err = run(*words, "--json", **how)
    assert code == 0, f"{words}: {code} {err}"
    return json.loads(out)


def refused(code, reason, *words, **how):
    """The command ends with this exit code and reason, says so on stderr and nothing on stdout."""
    got, out, err = run(*words, **how)
    assert got == code, f"{words}: exit {got}, not {code}: {err}"
    assert err.startswith(f"twinpost: {reason}: "), f"{words}: {err}"
    assert out == "", f"{words}: wrote {out}"
    return err


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
