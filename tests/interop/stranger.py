#!/usr/bin/env python3
"""Checks what a post gives out, after the format pages and without any code of ours: hashlib, openssl.

stranger.py dossier FOLDER       every entry of an unpacked dossier: leaf, proof to the signed head,
                                 signature by the key that the party's journal enrolled
stranger.py parcel FILE CARD     digest and signature of a parcel that was opened with age
"""
import base64
import hashlib
import hmac
import pathlib
import struct
import subprocess
import sys
import tempfile


def sha(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


class Wrong(Exception):
    pass


def signed(key, message, signature):
    """Does openssl say that this Ed25519 signature holds?"""
    names = []
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", bytes.fromhex("302a300506032b6570032100") + key),
                           ("text", message), ("signature", signature)):
            names.append(pathlib.Path(folder) / name)
            names[-1].write_bytes(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                               "-inkey", names[0], "-in", names[1], "-sigfile", names[2]],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Wrong("cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "big")


class Fact:
    """A record (disclosure.md), with body and commitment (fact.md)."""

    def __init__(self, record, origin):
        r = Reader(record)
        whole = {1: True, 2: False}[r.number(1)]
        self.index, self.signature = r.number(8), r.take(64)
        secret = r.take(32)
        blind = mac(secret, b"blind") if whole else secret
        count, digests, self.values = r.number(2), b"", {}
        for i in range(count):
            if not whole and r.number(1) == 0:
                digests += r.take(32)
                continue
            name = r.take(r.number(1))
            salt = mac(secret, b"salt" + struct.pack(">H", i) + name) if whole else r.take(32)
            value = r.take(r.number(4))
            digests += sha(b"twinpost/field/1\0" + struct.pack(">H", len(name)) + name + salt +
                           struct.pack(">I", len(value)) + value)
            self.values[name.decode()] = value.decode()
        if r.at != len(record):
            raise Wrong("bytes are left over")
        self.body = sha(b"twinpost/body/1\0" + sha(origin.encode()) + struct.pack(">H", count) + digests)
        commitment = sha(b"twinpost/entry/1\0" + blind + struct.pack(">Q", self.index) + self.body +
                         self.signature)
        self.leaf = sha(b"\0" + b"\1\0" + commitment)


def root_from(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2."""
    at, last, r = index, size - 1, leaf
    for p in proof:
        if at & 1 or at == last:
            r = sha(b"\1" + p + r)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            r = sha(b"\1" + r + p)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("the proof is too short")
    return r


def card_of(path):
    lines = dict(line.split(" ", 1) for line in path.read_text(encoding="utf-8").splitlines() if " " in line)
    for name in ("root", "journal", "cosigner", "parcel", "post"):
        lines[name] = base64.b64decode(lines[name])
    return lines


def check_proof(text, fact, origin):
    head = text.split("\n\n", 1)[1]
    lines = text.split("\n\n", 1)[0].split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or lines[1] != f"index {fact.index}":
        raise Wrong("the proof is of another entry")
    name, size, root = head.split("\n")[:3]
    told = root_from(fact.leaf, fact.index, int(size), [base64.b64decode(p) for p in lines[2:]])
    if name != origin or told != base64.b64decode(root):
        raise Wrong("the proof does not lead to the head")
    return head


def check_head(head, card):
    text = head.split("\n\n", 1)[0] + "\n"
    for line in head.splitlines():
        if line.startswith(f"\u2014 {card['origin']} "):
            if signed(card["journal"], text.encode(), base64.b64decode(line.split(" ")[2])[4:]):
                return
    raise Wrong("the head is not signed by its journal")


def dossier(folder):
    data = folder / "data"
    total = 0
    for path in sorted((data / "cards").glob("*.card")):
        party, card, keys, heads = path.stem, card_of(path), {}, set()
        keys[f"{party}.post"] = card["post"]
        records = [*(data / "officers").glob(f"{party}-*.fact"), *(data / "facts").glob(f"{party}-*.fact")]
        for record in sorted(records, key=lambda r: int(r.stem.split("-")[1])):
            fact = Fact(record.read_bytes(), card["origin"])
            try:
                proof = (data / "proofs" / f"{record.stem}.tlog-proof").read_text(encoding="utf-8")
                heads.add(check_proof(proof, fact, card["origin"]))
                if not signed(keys[fact.values["by"]], b"twinpost/fact/1\0" + fact.body, fact.signature):
                    raise Wrong("another key signed it")
            except Wrong as wrong:
                raise Wrong(f"{record.stem}: {wrong}") from wrong
            if fact.values["kind"] == "officer.enrolled":
                keys.setdefault(fact.values["officer"], base64.b64decode(fact.values["key"]))
            total += 1
        for head in heads:
            check_head(head, card)
    print(f"{total} entries stand under signed heads, each signed by its officer")


def parcel(path, card):
    """The end record is the last 101 bytes (parcel.md)."""
    data, key = path.read_bytes(), card_of(card)["parcel"]
    records, end = data[:-101], data[-101:]
    if end[:5] != b"\x08\0\0\0\x60" or end[5:37] != sha(records):
        raise Wrong("the digest is of other bytes")
    if not signed(key, b"twinpost/parcel/1\0" + end[5:37], end[37:]):
        raise Wrong("the sender did not sign it")
    r, types = Reader(records), []
    while r.at < len(records):
        types.append(r.number(1))
        r.take(r.number(4))
    print(f"{len(types)} records, types {sorted(set(types))}, signed by the sender")


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "dossier":
        dossier(pathlib.Path(sys.argv[2]))
    elif len(sys.argv) == 4 and sys.argv[1] == "parcel":
        parcel(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except (Wrong, KeyError, ValueError) as wrong:
        sys.exit(f"wrong: {wrong}")
