"""Runs a look at JetStream on a server of its own, and ends the program with what it answers: true for "it is still so"."""
import asyncio, socket, subprocess, sys

import nats


def run(look):
    server, work = sys.argv[1:]
    sys.exit(0 if asyncio.run(on_a_server(server, work, look)) else 1)


async def on_a_server(server, work, look):
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
