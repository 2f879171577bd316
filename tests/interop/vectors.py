#!/usr/bin/env python3
"""The test vectors of docs/formats, computed again without any code of ours: hashlib and openssl.

vectors.py           compares every block with its page; prints TAP
vectors.py --write   puts the blocks into the pages (after a format was changed on purpose)

One small case runs through all pages: side lv registers and gives notice, side by receives it, lv
drafts an act, by agrees with one statement and reserves another.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from bech32 import bech32  # noqa: E402

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "formats"
EMPTY_ROOT = hashlib.sha256(b"").digest()


def sha(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def b64(data):
    return base64.b64encode(data).decode()


class Key:
    """An Ed25519 key whose seed is the SHA-256 of a name."""

    def __init__(self, name):
        self.seed = sha(name.encode())
        self.der = bytes.fromhex("302e020100300506032b657004220420") + self.seed
        self.public = openssl(["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], self.der)[-32:]

    def sign(self, message):
        with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text:
            key.write(self.der)
            key.flush()
            text.write(message)
            text.flush()
            return openssl(["pkeyutl", "-sign", "-rawin", "-inkey", key.name, "-keyform", "DER",
                            "-in", text.name])


def openssl(arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout


class Fact:
    def __init__(self, party, index, fields):
        self.party, self.index, self.fields = party, index, fields
        self.ref = f"{party}:{index}"
        self.secret = sha(self.ref.encode())
        self.blind = mac(self.secret, b"blind")
        self.salts, self.digests = [], []
        for i, (name, value) in enumerate(fields):
            name, value = name.encode(), value.encode()
            salt = mac(self.secret, b"salt" + struct.pack(">H", i) + name)
            self.salts.append(salt)
            self.digests.append(sha(b"twinpost/field/1\0" + struct.pack(">H", len(name)) + name + salt +
                                    struct.pack(">I", len(value)) + value))
        origin = f"{party}.example/journal".encode()
        self.body = sha(b"twinpost/body/1\0" + sha(origin) + struct.pack(">H", len(fields)) +
                        b"".join(self.digests))
        self.signature = Key(self.get("by")).sign(b"twinpost/fact/1\0" + self.body)
        self.commitment = sha(b"twinpost/entry/1\0" + self.blind + struct.pack(">Q", index) +
                              self.body + self.signature)

    def get(self, wanted):
        return next(value for name, value in self.fields if name == wanted)

    def whole(self):
        out = self.head(1, self.secret)
        for name, value in self.fields:
            out += bytes([len(name)]) + name.encode() + struct.pack(">I", len(value.encode())) + value.encode()
        return out

    def part(self, hidden):
        out = self.head(2, self.blind)
        for i, (name, value) in enumerate(self.fields):
            if name in hidden:
                out += b"\0" + self.digests[i]
            else:
                out += (b"\1" + bytes([len(name)]) + name.encode() + self.salts[i] +
                        struct.pack(">I", len(value.encode())) + value.encode())
        return out

    def head(self, form, key):
        return (bytes([form]) + struct.pack(">Q", self.index) + self.signature + key +
                struct.pack(">H", len(self.fields)))

    def common(self, hidden=()):
        out = f"fact {self.ref} {self.body.hex()}\n"
        for i, (name, value) in enumerate(self.fields):
            if name in hidden:
                out += f"hidden {self.digests[i].hex()}\n"
            else:
                out += f"field {name} {len(value.encode())}\n{value}\n"
        return out


def cover(index):
    return mac(b"\x5a" * 32, b"cover" + struct.pack(">Q", index))


def leaf(commitment):
    return b"\1\0" + commitment


def tree(commitments):
    def root(hashes):
        if len(hashes) == 1:
            return hashes[0]
        k = 1
        while k * 2 < len(hashes):
            k *= 2
        return sha(b"\1" + root(hashes[:k]) + root(hashes[k:]))
    return root([sha(b"\0" + leaf(c)) for c in commitments]) if commitments else EMPTY_ROOT


def seen(commitments, opening):
    return f"{len(commitments)} {b64(tree(commitments))} {opening}"


def note_line(name, kind, key, content):
    return f"\u2014 {name} {b64(sha(name.encode() + bytes([10, kind]) + key.public)[:4] + content)}\n"


def head_text(party, commitments):
    return f"{party}.example/journal\n{len(commitments)}\n{b64(tree(commitments))}\n"


def head(party, commitments):
    text = head_text(party, commitments)
    key = Key(f"{party} journal")
    return text + "\n" + note_line(f"{party}.example/journal", 1, key, key.sign(text.encode()))


def cosignature(party, text, time):
    key = Key(f"{party} cosigner")
    signature = key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    return note_line(f"{party}.example/journal/cosigner", 4, key, struct.pack(">Q", time) + signature)


def the_case():
    def common(kind, by, at, was_seen):
        return [("kind", kind), ("case", "LV-2026-7K3M"), ("by", by), ("at", at), ("seen", was_seen)]

    lv, by = [cover(0), cover(1)], [cover(0)]
    facts = {}

    def add(journal, party, fields):
        fact = Fact(party, len(journal), fields)
        journal.append(fact.commitment)
        facts[fact.ref] = fact
        return fact

    incident = add(lv, "lv", common("incident.registered", "lv.duty", "2026-01-31T07:55:00Z", seen([], 0)) + [
        ("type", "I01"), ("happened_from", "2026-01-31T06:00:00Z"), ("noticed_at", "2026-01-31T07:40:00Z"),
        ("section", "3"), ("counterpart", "by"), ("pack_digest", sha(b"pack").hex()),
        ("summary.lv", "Robe\u017ez\u012bme apg\u0101zta."), ("summary.en", "A boundary marker\nlies in the ditch."),
        ("persons", "2")])
    notice = add(lv, "lv", common("notice.sent", "lv.duty", "2026-01-31T08:00:00Z", seen([], 0)) + [
        ("of", incident.ref), ("form", "written"), ("text.en", "Please look on your side.")])
    received = add(by, "by", common("notice.received", "by.rep", "2026-01-31T08:20:00Z", seen(lv, 2)) + [
        ("of", notice.ref), ("reference", "\u041f-14")])
    act = add(lv, "lv", common("act.drafted", "lv.rep", "2026-02-02T10:00:00Z", seen(by, 1)) + [
        ("pack_digest", sha(b"pack").hex()), ("doc", "DOC05"),
        ("statement.1.en", "The marker was pushed over."), ("conclusion.en", "Cattle did it.")])
    about = [("act", act.ref), ("body", act.body.hex())]
    agree = add(by, "by", common("act.position", "by.rep", "2026-02-03T09:00:00Z", seen(lv, 3)) + about + [
        ("statement", "1"), ("position", "agree")])
    reserve = add(by, "by", common("act.position", "by.rep", "2026-02-03T09:05:00Z", seen(lv, 3)) + about + [
        ("statement", "conclusion"), ("position", "reserve"),
        ("text.ru", "\u0421\u043b\u0435\u0434\u043e\u0432 \u0441\u043a\u043e\u0442\u0430 \u043d\u0435\u0442.")])
    assert received.index == 1 and act.index == 4 and (agree.index, reserve.index) == (2, 3)
    return lv, by, facts


def record(kind, payload):
    return bytes([kind]) + struct.pack(">I", len(payload)) + payload


def short(text):
    return bytes([len(text)]) + text.encode()


def parcel(lv, by, facts):
    """Every kind of record once; as an exchange it would make no sense."""
    handle = bytes(range(16))
    numbers = struct.pack
    records = [
        ("header", record(1, b"\1" + short("lv") + short("by") +
                          numbers(">QQQQBQQ", 7, 1769853600000000, 4, 3, 0, 5, 3))),
        ("checkpoint", record(2, head("lv", lv).encode())),
        ("leaves", record(3, numbers(">QI", 3, 2) + lv[3] + lv[4])),
        ("opening-1", record(4, numbers(">QB", 1, 0) + facts["lv:2"].part({"persons"}))),
        ("opening-2", record(4, numbers(">QB", 2, 16) + handle + facts["lv:3"].whole())),
        ("cosignature", record(5, numbers(">Q", 4) +
                               cosignature("lv", head_text("by", by), 1769853600).encode())),
        ("piece", record(6, numbers(">QQB", 2, 0, 1) + sha(b"\0last") + b"first")),
        ("want", record(7, numbers(">QQ", 3, 12))),
        ("return-leaves", record(9, numbers(">QI", 3, 1) + by[3])),
        ("return-opening", record(10, numbers(">QB", 1, 0) + facts["by:1"].whole())),
        ("return-head", record(11, head("by", by).encode())),
    ]
    digest = sha(b"".join(r for _, r in records))
    signature = Key("lv parcel").sign(b"twinpost/parcel/1\0" + digest)
    records.append(("end", record(8, digest + signature)))
    return "".join(f"{name} {data.hex()}\n" for name, data in records)


def recipient(party):
    """The age recipient of the X25519 key whose secret is the SHA-256 of a name."""
    der = bytes.fromhex("302e020100300506032b656e04220420") + sha(f"{party} identity".encode())
    public = openssl(["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], der)[-32:]
    return bech32("age", public)


def card(party):
    root = Key(f"{party} root")
    text = f"twinpost/card/1\nparty {party}\norigin {party}.example/journal\naddress {party}.example:8402\n"
    for name in ("root", "journal", "cosigner", "parcel", "post"):
        text += f"{name} {b64(Key(f'{party} {name}').public)}\n"
    text += f"recipient {recipient(party)}\ntls {b64(sha(f'{party} tls'.encode()))}\n"
    return text + f"signature {b64(root.sign(text.encode()))}\n"


def words(card_a, card_b):
    first, second = sorted([card_a.encode(), card_b.encode()])
    digest = sha(b"twinpost/words/1\0" + sha(first) + sha(second))
    consonants, vowels = "bdfghjklmnprstvz", "aiou"
    out = []
    for i in range(6):
        v = int.from_bytes(digest[2 * i:2 * i + 2], "big")
        out.append(consonants[v >> 12] + vowels[v >> 10 & 3] + consonants[v >> 6 & 15] +
                   vowels[v >> 4 & 3] + consonants[v & 15])
    return " ".join(out)


def root_note():
    text = "mandate.granted\nat=2026-01-01T08:00:00Z\nofficer=lv.rep\nrole=R1\nfrom=2026-01-01T00:00:00Z\ninstrument=Order 7\n"
    digest = sha(text.encode())
    note = Key("lv root").sign(b"twinpost/root/1\0" + digest)
    return {"root-text": text, "root-note": f"digest {digest.hex()}\nnote {b64(note)}\n"}


def positions(facts):
    def digest(refs):
        return sha(b"twinpost/positions/1\0" + facts["lv:4"].body + struct.pack(">I", len(refs)) +
                   b"".join(facts[r].body for r in refs)).hex()
    return (f"positions {digest(['by:2', 'by:3'])}\nreserved {digest(['by:3'])}\n"
            f"none {digest([])}\n")


def common_view(facts):
    text = f"twinpost/common/1\ncase LV-2026-7K3M\npack {sha(b'pack').hex()}\n"
    text += facts["lv:2"].common({"persons"})
    for ref in ("lv:3", "by:1", "lv:4", "by:2", "by:3"):
        text += facts[ref].common()
    return text + "act lv:4 DOC05\nstatement 1 agreed\nstatement conclusion contested\n"


def blocks():
    lv, by, facts = the_case()
    fact = facts["lv:2"]
    fields = "".join(f"{name} {salt.hex()} {digest.hex()}\n" for (name, _), salt, digest in
                     zip(fact.fields, fact.salts, fact.digests))
    values = "".join(f"{name} {value.encode().hex()}\n" for name, value in fact.fields)
    text = common_view(facts)
    lv_card = card("lv")
    by_card = card("by")
    draft = {"kind": "finding.stated", "case": "LV-2026-7K3M",
             "fields": {"no": "1", "text.lv": "Z\u012bme \u201eapg\u0101zta\u201d"}}
    return {
        "fact.md": {
            "fact-values": values,
            "fact-fields": fields,
            "fact": (f"origin lv.example/journal\nindex {fact.index}\nsecret {fact.secret.hex()}\n"
                     f"key-seed {Key('lv.duty').seed.hex()}\nkey {Key('lv.duty').public.hex()}\n"
                     f"blind {fact.blind.hex()}\nbody {fact.body.hex()}\n"
                     f"signature {fact.signature.hex()}\ncommitment {fact.commitment.hex()}\n"
                     f"leaf {leaf(fact.commitment).hex()}\n"
                     f"leaf-hash {sha(bytes(1) + leaf(fact.commitment)).hex()}\n"),
        },
        "disclosure.md": {
            "whole": fact.whole().hex() + "\n",
            "part": fact.part({"persons"}).hex() + "\n",
            "other-part": fact.part({"summary.lv", "summary.en"}).hex() + "\n",
            "erased": fact.part({"summary.en", "persons"}).hex() + "\n",
        },
        "parcel.md": {"parcel": parcel(lv, by, facts)},
        "card.md": {"card-lv": lv_card, "card-by": by_card, "words": words(lv_card, by_card) + "\n"},
        "mandate.md": root_note(),
        "common-view.md": {
            "common-view": text, "common-digest": sha(text.encode()).hex() + "\n",
            "positions": positions(facts),
            "facts": "".join(f"{ref} {f.whole().hex()}\n" for ref, f in facts.items()),
        },
        "second-place.md": {
            "second-place": (f"twinpost/second/1\nby 3 2 7 4 {b64(tree(by))}\nlt 0 0 2 0 {b64(tree([]))}\n\n" +
                             head("lv", lv)),
            "erased": "twinpost/erased/1\nerased lv:9.text.lv\nrecalled lv:12\nrecalled by:7.persons\n",
        },
        "queue.md": {"draft": json.dumps(draft, ensure_ascii=False, separators=(",", ":")) + "\n"},
    }


def main():
    write, number, failed = sys.argv[1:] == ["--write"], 0, 0
    for page, wanted in blocks().items():
        text = (PAGES / page).read_text(encoding="utf-8")
        for name, content in wanted.items():
            number += 1
            pattern = re.compile(rf"(?<=```vector {re.escape(name)}\n).*?(?=```\n)", re.S)
            found = pattern.search(text)
            same = found is not None and found.group() == content
            if write:
                if found is None:
                    sys.exit(f"{page} has no vector {name}")
                text = pattern.sub(lambda _, c=content: c, text, count=1)
            else:
                failed += not same
                print(f"{'' if same else 'not '}ok {number} - {page}: {name}")
        if write:
            (PAGES / page).write_text(text, encoding="utf-8")
    if not write:
        print(f"1..{number}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
