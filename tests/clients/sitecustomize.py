"""Python loads this before the example, which lies elsewhere. The first fetch then ends as nats-py 2.16 ends one whose
answer came just at the deadline: by asyncio's TimeoutError, which nats-py's own is a kind of and not the other way round."""
import asyncio

from nats.js.client import JetStreamContext

PULL = JetStreamContext.PullSubscription
FETCH = PULL.fetch


async def at_the_deadline(self, *arguments, **settings):
    PULL.fetch = FETCH
    raise asyncio.TimeoutError


PULL.fetch = at_the_deadline
