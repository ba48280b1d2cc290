"""A durable consumer of the feed. What `onboarding subscriber add` printed is its environment.

It may be killed at any line: an event is acknowledged after its effect is committed, together with the sequence that it
brought the registration to. What comes again is told by that sequence and has no second effect.
"""
import asyncio
import json
import os
import sqlite3
import sys

import nats
import nats.errors


def apply(store: sqlite3.Connection, event: dict) -> None:
    """Your own change, in one transaction with the registration's last sequence. Here the event is merely kept."""
    with store:
        seen = store.execute("SELECT sequence FROM seen WHERE registration = ?", [event["subject"]]).fetchone()
        if seen and event["sequence"] <= seen[0]:
            return
        store.execute("INSERT INTO effects VALUES (?, ?, ?)", [event["subject"], event["sequence"], event["type"]])
        store.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", [event["subject"], event["sequence"]])


async def follow(store: sqlite3.Connection) -> None:
    """Works until the connection is closed for good, as nats-py does it after a login that nobody answered in time."""
    inboxes = os.environ["FEED_INBOX_PREFIX"].encode()
    # Of a cluster each server, with a comma between.
    servers = os.environ["FEED_NATS_URL"].split(",")
    client = await nats.connect(servers, inbox_prefix=inboxes, max_reconnect_attempts=-1)
    try:
        feed = await client.jetstream(domain="feed").pull_subscribe_bind(
            os.environ["FEED_CONSUMER"], os.environ["FEED_STREAM"], inbox_prefix=inboxes + b"."
        )
        while not client.is_closed:
            try:
                messages = await feed.fetch(100, timeout=5)
            except asyncio.TimeoutError:  # Nothing new. nats-py raises this one too, not only its own kind of it.
                continue
            for message in messages:
                apply(store, json.loads(message.data))
                await message.ack()
    finally:
        await client.close()


async def main() -> None:
    store = sqlite3.connect(os.environ.get("FEED_STORE", "feed.sqlite"))
    store.execute("CREATE TABLE IF NOT EXISTS seen (registration TEXT PRIMARY KEY, sequence INTEGER NOT NULL)")
    store.execute("CREATE TABLE IF NOT EXISTS effects (registration TEXT, sequence INTEGER, type TEXT)")
    while True:
        try:
            await follow(store)
        except nats.errors.Error as fault:
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
        await asyncio.sleep(1)


asyncio.run(main())
