#!/usr/bin/env python3
"""surroundings.py TWINPOST: whatever umask, language, pipes and folders it finds, the program does the same."""
import os
import pathlib
import stat
import subprocess
import threading

from shell import PROGRAM, answer, check, environment, courier, main, make_posts, notified, read, refused, run, state, write


def all_private(folder):
    for path in [pathlib.Path(folder), *pathlib.Path(folder).rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"


@check("files are 0600 and folders 0700, whatever the umask")
def _():
    for umask in (0o000, 0o777 & ~0o700, 0o022):
        os.umask(umask)
        name = f"p{umask}"
        answer("init", name, "--party", "lv", "--pack", "lv-by", password="x")
        answer("officer", "add", name, "lv.rep", "--role", "R1", new="x")
        write("photo", "photo")
        case = answer("fact", "add", name, "incident.registered", "--as", "lv.rep", "type=I17", "section=silene",
                      "happened_from=2024-05-06T07:40:00Z", "noticed_at=2024-05-06T07:55:00Z", "summary.lv=x",
                      password="x")["case"]
        answer("evidence", "add", name, "photo", "--case", case, "--as", "lv.rep", "item=a", "evidence_kind=photo",
               "description=x", password="x")
        answer("backup", name, f"{name}.backup")
        answer("restore", f"{name}.backup", f"{name}r")
        all_private(name)
        all_private(f"{name}r")
        assert stat.S_IMODE(os.stat(f"{name}.backup").st_mode) == 0o600
    os.umask(0o022)


@check("a parcel goes through pipes, and a pipe stays a pipe")
def _():
    make_posts()
    write("number", notified()[0])
    os.mkfifo("pipe")
    taken = []
    reader = threading.Thread(target=lambda: taken.append(pathlib.Path("pipe").read_bytes()))
    reader.start()
    answer("parcel", "write", "lv", "pipe")
    reader.join()
    assert stat.S_ISFIFO(os.stat("pipe").st_mode) and taken[0].startswith(b"age-encryption.org/v1"), taken
    written = subprocess.run([PROGRAM, "parcel", "write", "lv", "-"], capture_output=True, check=True)
    assert written.stderr == b"" and written.stdout.startswith(b"age-encryption.org/v1")
    took = subprocess.run([PROGRAM, "parcel", "read", "by", "-", "--json"], input=written.stdout, capture_output=True, check=True)
    assert b'"opened":5' in took.stdout, took
    writer = threading.Thread(target=lambda: pathlib.Path("pipe").write_bytes(written.stdout))
    writer.start()
    assert answer("parcel", "read", "by", "pipe")["opened"] == 0
    writer.join()
    for party, other in (("by", "lv"), ("lv", "by")):
        assert run("card", party)[1] == read(f"{party}.card")
        subprocess.run([PROGRAM, "pair", other, "-"], input=read(f"{party}.card"), capture_output=True, text=True, check=True)


@check("a reader who has seen enough is no failure, a full disk is")
def _():
    with subprocess.Popen([PROGRAM, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
        done.stdout.close()
        assert done.stderr.read() == b""
    with open("/dev/full", "w", encoding="utf-8") as full:
        for words in (["case", "list", "lv"], ["--help"], ["card", "lv"], ["parcel", "write", "lv", "-"]):
            done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            assert done.returncode == 70 and "could not be written" in done.stderr, (words, done)
    done = subprocess.run([PROGRAM, "case", "list", "lv"], stderr=subprocess.PIPE, text=True, check=False,
                          preexec_fn=lambda: os.close(1))
    assert done.returncode == 70 and "could not be written" in done.stderr, done


@check("language and locale of the machine change nothing")
def _():
    shown = set()
    for env in ({"LANG": "C", "LC_ALL": "C"}, {"LANG": "lv_LV.UTF-8"}, {"LANG": "be_BY.UTF-8", "TZ": "Europe/Minsk"}, {}):
        done = subprocess.run([PROGRAM, "case", "list", "lv"], capture_output=True, check=True,
                              env=dict(environment(), **env))
        shown.add(done.stdout)
    assert len(shown) == 1, shown


@check("nothing that somebody wrote can steer the terminal")
def _():
    number = read("number")
    evil = "turned\u202eabc\u2066"
    for control in "\x1b\x07\x9b\x7f":
        code, _, err = run("fact", "add", "lv", "letter.sent", "--as", "lv.duty", f"subject={control}", "text.lv=x", password="duty")
        assert code == 2 and control not in err, repr(err)
    ref = state("letter.sent", "lv", "duty", number, subject="line one\nline two", text_lv=evil, text_ru="x")["ref"]
    shown = run("fact", "show", "lv", ref)[1]
    assert "\u202e" not in shown and "\u2066" not in shown, repr(shown)
    lines = shown.splitlines()
    at = next(i for i, line in enumerate(lines) if "line one" in line)
    assert lines[at + 1].startswith("   ") and "line two" in lines[at + 1], "a second line stays inside its field"
    assert answer("fact", "show", "lv", ref)["fields"]["text.lv"] == evil, "programs get it as it is"
    code, _, err = run("fact", "show", "lv", "\x1b[31m")
    assert code == 2 and "\x1b" not in err, repr(err)


@check("leftovers of a process that was killed are in nobody's way")
def _():
    number = read("number")
    assert "exchange once" in refused(1, "state", "dossier", "lv", number, "a.zip")
    courier("by", "lv")
    answer("dossier", "lv", number, "a.zip")
    for name in ("a.zip", "b.backup"):
        write(f"{name}.part", "half")
    answer("dossier", "lv", number, "a.zip")
    answer("backup", "lv", "b.backup")
    assert run("verify", "a.zip")[0] == 0
    big = pathlib.Path("big")
    big.write_bytes(os.urandom(1 << 20) * 64)
    with subprocess.Popen([PROGRAM, "evidence", "add", "lv", "big", "--case", number, "--as", "lv.rep", "item=b",
                           "evidence_kind=video", "description=x"], env=environment("rep"), stdout=subprocess.DEVNULL) as sealing:
        while not any(p.stat().st_size > 1 << 20 for p in pathlib.Path("lv/vault").rglob("*") if p.is_file()):
            if sealing.poll() is not None:
                break
        sealing.kill()
    answer("evidence", "add", "lv", "big", "--case", number, "--as", "lv.rep", "item=b", "evidence_kind=video",
           "description=x", password="rep")
    code, out, _ = run("verify", "lv")
    assert code == 0, out


@check("a post that may only be read says so")
def _():
    if os.getuid() == 0:
        done = subprocess.run(["unshare", "-m", "sh", "-c", f"mount --bind lv lv && mount -o remount,ro,bind lv && exec {PROGRAM} case list lv"],
                              capture_output=True, text=True, check=False)
        if "twinpost" not in done.stderr:
            return  # this machine gives no mounts, not even to root
    else:
        os.chmod("lv/twinpost.db", 0o400)
        done = subprocess.run([PROGRAM, "case", "list", "lv"], capture_output=True, text=True, check=False)
        os.chmod("lv/twinpost.db", 0o600)
    assert done.returncode == 70 and done.stderr.startswith("twinpost: disk: "), done
    assert "can only be read" in done.stderr or "may not" in done.stderr, done


main()
