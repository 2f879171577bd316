#!/usr/bin/env python3
"""Shows two served posts exchanging: by's duty officer registers an incident and gives notice, lv's
answers, and both posts show the same common view. tools/demo.sh calls this with both addresses.

demo_live.py LV_HOST:PORT BY_HOST:PORT
"""
import json
import sys
import time
import urllib.error
import urllib.request

WAIT_SECONDS = 20


class Post:
    def __init__(self, party, address):
        self.party, self.base, self.cookie = party, f"http://{address}/api/v1/", ""

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Cookie": self.cookie})
        if data is not None:
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
            cookie = answer.headers.get("Set-Cookie")
            if cookie:
                self.cookie = cookie.split(";")[0]
            return json.load(answer)

    def sign_in(self, officer):
        name = f"{self.party}.{officer}"
        self.call("session", {"officer": name, "password": name})

    def state(self, kind, case, **fields):
        fields = {name.replace("_", "."): value for name, value in fields.items()}
        return self.call("facts", {"kind": kind, "case": case, "fields": fields})

    def wait_for(self, case, state):
        """The case once it has that state here; what crosses takes a moment."""
        for _ in range(WAIT_SECONDS * 10):
            try:
                found = self.call(f"cases/{case}")
                if found["state"] == state:
                    return found
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise
            time.sleep(0.1)
        raise TimeoutError(f"case {case} did not become {state} at {self.party}")


def main():
    lv, by = Post("lv", sys.argv[1]), Post("by", sys.argv[2])
    lv.sign_in("duty")
    by.sign_in("duty")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    made = by.call("facts", {"kind": "incident.registered", "case": "", "fields": {
        "type": "I05", "happened_from": now, "noticed_at": now, "section": "silene",
        "summary.ru": "\u0414\u0432\u043e\u0435 \u0437\u0430 \u043b\u0438\u043d\u0438\u0435\u0439."}})
    case = made["case"]
    print(f"  by.duty registers {case} and gives notice", flush=True)
    by.state("notice.sent", case, of=made["ref"], form="written")
    seen = lv.wait_for(case, "NOTIFIED")
    print(f"  lv has it: {seen['facts_theirs']} facts of by, each in by's countersigned journal", flush=True)
    lv.state("notice.received", case, of=seen["notice"])
    by.wait_for(case, "ACKNOWLEDGED")
    print("  lv.duty acknowledges; by has it", flush=True)
    for _ in range(WAIT_SECONDS * 10):
        digests = {post.call(f"cases/{case}/common")["digest"] for post in (lv, by)}
        if len(digests) == 1:
            print(f"  both posts compute the same common view: {digests.pop()}")
            return
        time.sleep(0.1)
    raise TimeoutError("the two common views did not meet")


if __name__ == "__main__":
    try:
        main()
    except (OSError, TimeoutError, KeyError, ValueError) as problem:
        sys.exit(f"demo: the live exchange did not work: {problem}")
