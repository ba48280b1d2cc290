#!/usr/bin/env python3
"""Verifies the certificate of an erasure with nothing but Python 3.9 or newer and verify.py beside it.

    python3 certificate.py CERTIFICATE --statements VKEY --log VKEY

Exit codes: 0 it holds, 2 wrong usage, 3 it does not (and what does not is said).
Formats: as for verify.py, and C2SP tlog-proof.
"""
import base64
import json
import sys

from verify import event_row, leaf_hash, members, node, open_checkpoint, read_key, signed


def statement_of(note, key):
    """The text that this key signed."""
    name, key_id, public = key
    text, under = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    for line in under.splitlines():
        dash, signer, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and raw[:4].hex() == key_id and signed(public, text.encode(), raw[4:]):
            return text
    raise ValueError("the statement is not signed by this key")


def root_by(leaf, index, size, hashes):
    """The root that these hashes make of the leaf (RFC 9162, section 2.1.3.2)."""
    last, hashes = size - 1, list(hashes)
    while last:
        if index & 1 or index == last:
            leaf = node(hashes.pop(0), leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, hashes.pop(0))
        index, last = index >> 1, last >> 1
    if hashes:
        raise ValueError("the proof is too long")
    return leaf


def verify(certificate, statements, log):
    if set(certificate) != {"statement", "event", "proof"}:
        raise ValueError("it has other members than a certificate")
    text = statement_of(certificate["statement"], statements)
    row = event_row(certificate["event"])
    payload, leaf = json.loads(row["payload"]), leaf_hash(row)
    if row["event_type"] != "PersonErased" or payload["type"] != "PersonErased" or row["leaf_hash"] != leaf.hex():
        raise ValueError("the event is no erasure, or not as it was stored")
    said = [statements[0], f"registration {row['aggregate_id']}", f"erased_at {row['recorded_at']}", f"by {payload['by']}"]
    said += [f"position {row['position']}", f"leaf {base64.b64encode(leaf).decode()}"]
    if text.split("\n")[:6] != said:
        raise ValueError("the statement and the event do not say the same")
    head, checkpoint = certificate["proof"].split("\n\n", 1)
    form, index, *hashes = head.split("\n")
    index = int(index.removeprefix("index "))
    size, root = open_checkpoint(checkpoint, log)
    if form != "c2sp.org/tlog-proof@v1" or index + 1 != row["position"] or index >= size:
        raise ValueError("the proof is for another position")
    if root_by(leaf, index, size, (base64.b64decode(it, validate=True) for it in hashes)) != root:
        raise ValueError("the event is not in the log")
    return row["aggregate_id"]


def main(arguments):
    if len(arguments) != 5 or arguments[1] != "--statements" or arguments[3] != "--log":
        print(__doc__, file=sys.stderr)
        return 2
    try:
        statements, log = read_key(arguments[2]), read_key(arguments[4])
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            registration = verify(json.load(file, object_pairs_hook=members), statements, log)
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        print(f"the certificate does not hold: {fault}")
        return 3
    print(f"the person of registration {registration} is erased, and the log says so")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
