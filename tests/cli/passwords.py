#!/usr/bin/env python3
"""passwords.py TWINPOST: a password comes by a descriptor, the environment or unseen typing; nobody else can read it."""
import os
import pathlib
import pty
import signal
import subprocess
import termios
import time

from shell import PROGRAM, answer, check, environment, main, make_posts, refused, run, state

SECRET = "a very particular secret"


def terminal(words, typed, env=None):
    """Runs the program on a terminal of its own, types once it asks, and gives (exit code, all that was shown)."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(PROGRAM, [PROGRAM, *words], env or environment())
    shown = b""
    while b": " not in shown:
        shown += os.read(master, 1024)
    echo = termios.tcgetattr(master)[3] & termios.ECHO
    os.write(master, typed)
    try:
        while piece := os.read(master, 1024):
            shown += piece
    except OSError:  # the other end is closed
        pass
    echo_after = termios.tcgetattr(master)[3] & termios.ECHO
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(master)
    return code, shown.decode(), bool(echo), bool(echo_after)


@check("by descriptor and by environment, never by an argument")
def _():
    make_posts(("lv",), ("duty:R7",))
    answer("officer", "add", "lv", "lv.x", "--role", "R7", new=SECRET)
    letter = ("fact", "add", "lv", "letter.sent", "--as", "lv.x", "subject=x", "text.lv=x", "text.ru=x")
    answer(*letter, fd=SECRET)
    answer(*letter, password=SECRET)
    refused(1, "role", *letter, password="another")
    refused(2, "usage", *letter)
    refused(2, "usage", *letter, password="")
    refused(2, "usage", *letter, "--password", SECRET)
    refused(2, "usage", *letter, "--password-fd", "99")
    refused(2, "usage", *letter, "--password-fd", "x")
    refused(2, "usage", "officer", "add", "lv", "lv.y", "--role", "R7")


@check("an unknown officer and a wrong password get the same words and take the same time")
def _():
    def tried(officer):
        begun = time.monotonic()
        err = refused(1, "role", "fact", "add", "lv", "letter.sent", "--as", officer, "subject=x", "text.lv=x", password="no")
        return time.monotonic() - begun, err
    known, unknown = min(tried("lv.x") for _ in range(3)), min(tried("lv.nobody") for _ in range(3))
    assert known[1] == unknown[1]
    assert unknown[0] > known[0] / 2, (known, unknown)


@check("a terminal is asked, what is typed is not shown, and Ctrl-C leaves the terminal as it was")
def _():
    letter = ["fact", "add", "lv", "letter.sent", "--as", "lv.x", "subject=x", "text.lv=x", "text.ru=x", "--password-fd", "0"]
    code, shown, echo, echo_after = terminal(letter, SECRET.encode() + b"\n")
    assert code == 0 and SECRET not in shown and not echo and echo_after, (code, shown)
    assert "password: " in shown and "lv:" in shown, shown
    code, shown, echo, echo_after = terminal(letter, b"half a pass\x03")
    assert code == -signal.SIGINT and echo_after and "half" not in shown, (code, shown)


@check("nothing of a password is left for others to see")
def _():
    served = subprocess.Popen([PROGRAM, "serve", "lv", "--http", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                              env=environment(SECRET, SECRET))
    try:
        assert served.stdout.readline().startswith("officers: ")
        place = pathlib.Path(f"/proc/{served.pid}")
        assert SECRET.encode() not in (place / "environ").read_bytes()
        assert SECRET.encode() not in (place / "cmdline").read_bytes()
    finally:
        served.terminate()
        served.wait()
        served.stdout.close()
    for path in pathlib.Path("lv").rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


@check("a new password is asked for as well, and is no officer's but the new one's")
def _():
    code, shown, _, _ = terminal(["officer", "add", "lv", "lv.typed", "--role", "R7", "--new-password-fd", "0"], b"typed\n")
    assert code == 0 and "typed\r\n" not in shown.split("new officer: ")[1].split("officer ")[0], shown
    assert run("fact", "add", "lv", "letter.sent", "--as", "lv.typed", "subject=x", "text.lv=x", "text.ru=x", password="typed")[0] == 0
    state("letter.sent", "lv", "duty", subject="x", text_lv="x", text_ru="x")


main()
