#!/usr/bin/env python3
"""Verifies an exported folder with nothing but Python 3.9 or newer: written apart from the service, from its documents.

    python3 verify.py FOLDER [--key FILE_OR_VKEY] [--since CHECKPOINT]... [--json]

Exit codes: 0 all is as it was signed, 1 a fault, 2 wrong usage, 3 a difference (the first position is named).
Formats: RFC 6962 (tree), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-tiles.
"""
import base64
import hashlib
import json
import os
import sys
import uuid
from datetime import datetime, timedelta, timezone

# --- Ed25519, verification only (RFC 8032, section 5.1.7) ---
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m, n = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k, point):
    total = (0, 1, 1, 0)
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def decode_point(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    try:
        a, r, s = decode_point(public), decode_point(signature[:32]), int.from_bytes(signature[32:], "little")
    except (ValueError, IndexError):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    x1, y1, z1, _ = times(s, BASE)
    x2, y2, z2, _ = add(r, times(k, a))
    return len(signature) == 64 and s < Q and (x1 * z2 - x2 * z1) % P == 0 and (y1 * z2 - y2 * z1) % P == 0


# --- Notes and checkpoints ---
def read_key(text):
    name, key_id, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if raw[0] != 1 or len(raw) != 33 or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:
        raise ValueError("this is not a log's key")
    return name, key_id, raw[1:]


def open_checkpoint(note, key):
    """Size and root of a checkpoint that this key signed."""
    name, key_id, public = key
    if "\n\n" not in note or note.count("\n") < 4:
        raise ValueError("this is not a checkpoint")
    text, under = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    origin, size, root = text.split("\n")[:3]
    if origin != name:
        raise ValueError("it is of a log of another name")
    for line in under.splitlines():
        dash, signer, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and raw[:4].hex() == key_id:
            root = base64.b64decode(root, validate=True)
            if signed(public, text.encode(), raw[4:]) and len(root) == 32 and str(int(size)) == size:
                return int(size), root
            raise ValueError("forged or damaged")
    raise ValueError("not signed by the expected key")


# --- The tree ---
def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The right edge of the tree, and the tiles that are being filled."""

    def __init__(self, tile):
        self.size, self.edge, self.open, self.tile = 0, [], [[]], tile

    def push(self, leaf):
        self.fill(0, self.size, leaf)
        height, n = 0, self.size
        while n & 1:
            leaf, n, height = node(self.edge.pop(), leaf), n >> 1, height + 1
            if height % 8 == 0:
                self.fill(height // 8, n, leaf)
        self.edge.append(leaf)
        self.size += 1

    def fill(self, level, index, value):
        if len(self.open) <= level:
            self.open.append([])
        self.open[level].append(value)
        if len(self.open[level]) == 256:
            self.tile(level, index // 256, self.open[level])
            self.open[level] = []

    def root(self):
        edge = self.edge[:]
        root = edge.pop() if edge else hashlib.sha256(b"").digest()
        while edge:
            root = node(edge.pop(), root)
        return root


def leaf_hash(row):
    at = datetime.fromisoformat(row["recorded_at"].replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    fields = [b"onboarding/event/v1", row["aggregate_type"].encode(), row["aggregate_id"].encode()]
    fields += [row["sequence"].to_bytes(8, "big"), row["event_type"].encode(), row["event_version"].encode()]
    fields += [row["payload"].encode(), row["metadata"].encode(), row["insert_order"].to_bytes(8, "big", signed=True)]
    fields += [uuid.UUID(row["event_id"]).bytes, (at // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)]
    return hashlib.sha256(b"\x00" + b"".join(len(f).to_bytes(8, "big") + f for f in fields)).digest()


# --- The folder ---
COLUMNS = {"position": int, "sequence": int, "insert_order": int}
COLUMNS.update(dict.fromkeys("aggregate_type aggregate_id event_type event_version event_id".split(), str))
COLUMNS.update(dict.fromkeys("recorded_at payload metadata leaf_hash".split(), str))


def members(pairs):
    """The members of a JSON object, each of which stands there once: whoever takes the first and whoever takes the last must agree."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def event_row(row):
    """A row with every column, of its kind, and nothing else."""
    if type(row) is not dict or {name: type(value) for name, value in row.items()} != COLUMNS or min(row["position"], row["sequence"]) < 0:
        raise ValueError("this is not an event")
    return row


class Verification:
    def __init__(self, folder):
        self.folder, self.first, self.differences, self.good = folder, None, 0, 0
        self.due, self.checked, self.longest = {}, 0, 0

    def note(self, position, what, last=None):
        """Counts a difference; keeps the first by position. A range gives way to what was found inside it."""
        self.differences += 1
        known = self.first and self.first[0]
        if last and known and position <= known <= last:
            return
        if self.first is None or (position and (not known or position < known)):
            self.first = (position, what)

    def take(self, note, place, key):
        try:
            found = open_checkpoint(note, key)
        except (ValueError, IndexError) as fault:
            return self.note(None, f"a checkpoint ({place}) is not to be believed: {fault}")
        self.longest = max(self.longest, found[0])
        self.due.setdefault(found[0], []).append((found[1], place))
        return found

    def compare_tile(self, level, number, hashes):
        first = (number << 8 * (level + 1)) + 1
        rest, digits = number // 1000, f"{number % 1000:03d}"
        while rest:
            rest, digits = rest // 1000, f"x{rest % 1000:03d}/{digits}"
        path = f"tile/{level}/{digits}" + (f".p/{len(hashes)}" if len(hashes) < 256 else "")
        try:
            with open(os.path.join(self.folder, path), "rb") as file:
                found = file.read()
            if found != b"".join(hashes):
                same = (found[32 * at : 32 * at + 32] == hashes[at] for at in range(len(hashes)))
                at = next((at for at, equal in enumerate(same) if not equal), 0)
                start = first + (at << 8 * level)  # a hash above the leaves stands for a range of events
                self.note(start, f"{path} has other hashes than the events", start + (1 << 8 * level) - 1)
        except OSError:
            self.note(first, f"{path} cannot be read", first + (1 << 8 * level) - 1)

    def compare_roots(self):
        start = self.good + 1
        for root, place in self.due.pop(self.tree.size, []):
            self.checked += 1
            if root == self.tree.root():
                self.good = self.tree.size
            else:
                self.note(start, f"positions {start} to {self.tree.size} are not what was signed ({place})", self.tree.size)

    def run(self, key, since):
        read = lambda name: open(os.path.join(self.folder, name), encoding="utf-8", errors="replace", newline="\n")
        size = self.take(read("checkpoint").read(), "checkpoint", key)
        for line in read("checkpoints.ndjson"):
            try:
                self.take(str(json.loads(line, object_pairs_hook=members)["note"]), "checkpoints.ndjson", key)
            except (ValueError, KeyError, TypeError):
                self.note(None, "a line of checkpoints.ndjson cannot be read")
        for name in since:
            with open(name, encoding="utf-8") as file:
                self.take(file.read(), name, key)
        self.due.pop(0, None)
        self.tree, whole, due, sequences = Tree(self.compare_tile), True, 1, {}
        for line in read("events.ndjson"):
            try:
                row = event_row(json.loads(line, object_pairs_hook=members))
                position, stored, fresh = row["position"], bytes.fromhex(row["leaf_hash"]), leaf_hash(row)
            except (ValueError, KeyError, OverflowError):
                self.note(due, "this line of events.ndjson cannot be read")
                whole, due = False, due + 1
                continue
            if position != due:
                self.note(min(position, due), f"position {position} stands where {due} belongs")
                whole = False
            if stored != fresh:
                self.note(position, "the event is not the one that the log's hash was made of")
            registration = uuid.UUID(row["aggregate_id"]).bytes
            if sequences.get(registration, 0) + 1 != row["sequence"]:
                self.note(position, "the event before this one in its registration does not stand before it")
            sequences[registration], due = row["sequence"], position + 1
            if whole:
                self.tree.push(stored)
                self.compare_roots()
        ended = whole and (not size or size[0] == self.tree.size)  # else the last tiles are others; that is told below
        for level, hashes in enumerate(self.tree.open if ended else []):
            if hashes:
                self.compare_tile(level, (self.tree.size >> (8 * level)) // 256, hashes)
        if self.longest > due - 1:
            self.note(due, f"the log is shorter than was signed: {self.longest} entries")
        if not self.checked:
            self.note(None, "nothing in this log is signed with this key")
        if size and size[0] < due - 1:
            self.note(size[0] + 1, "events stand behind the end of the checkpoint")
        return due - 1


def main(arguments):
    folders, since, key, as_json = [], [], None, False
    arguments = list(arguments)
    while arguments:
        word = arguments.pop(0)
        if word in ("--key", "--since") and arguments:
            value = arguments.pop(0)
            key, since = (value, since) if word == "--key" else (key, since + [value])
        elif word == "--json":
            as_json = True
        elif word.startswith("-"):
            folders = []
            break
        else:
            folders.append(word)
    if len(folders) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        key = key or os.path.join(folders[0], "key")
        if os.path.exists(key):
            with open(key, encoding="utf-8") as file:
                key = file.read()
        elif key.count("+") < 2:
            raise ValueError(f"{key} is neither a key nor a file with one")
        verification = Verification(folders[0])
        positions = verification.run(read_key(key), since)
    except (OSError, ValueError, KeyError) as fault:
        print(f"cannot be verified: {fault}", file=sys.stderr)
        return 1
    first = verification.first and {"position": verification.first[0], "what": verification.first[1]}
    if as_json:
        print(json.dumps({"positions": positions, "checkpoints": verification.checked, "first": first}))
    elif first:
        where = f"position {first['position']}: " if first["position"] else ""
        print(f"{where}{first['what']}\n{verification.differences} difference(s) in {positions} positions")
    else:
        print(f"the log is whole: {positions} positions, {verification.checked} checkpoint(s), each event as it was written")
    return 3 if first else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
