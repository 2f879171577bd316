#!/usr/bin/env python3
"""Bech32 (BIP 173). As a program: an age identity from a file of 32 raw bytes, as stock age reads it."""
import sys

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)


def bech32(prefix, data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    check = 1
    for v in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values + [0] * 6:
        top, check = check >> 25, (check & 0x1ffffff) << 5 ^ v
        for i, g in enumerate(GENERATOR):
            check ^= g if top >> i & 1 else 0
    values += [(check ^ 1) >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(LETTERS[v] for v in values)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print(bech32("age-secret-key-", file.read()).upper())
