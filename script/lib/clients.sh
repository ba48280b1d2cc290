# What the examples need: the packages that each of them pins. Sourced after tools.sh and browser.sh, from the root of the repository.

# Python packages of the examples lie here, by hash, apart from the system's own.
CLIENT_PYTHON="$TOOLS/python"

need_client_packages() {
  local kept="$CLIENT_PYTHON/.requirements-that-were-installed"
  if ! cmp -s examples/python/requirements.txt "$kept"; then
    say "fetching the packages of examples/python"
    local pip
    pip=$(find_pip)
    rm -rf "$CLIENT_PYTHON"
    $pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
      --target "$CLIENT_PYTHON" --requirement examples/python/requirements.txt >&2 ||
      stop "The packages of examples/python could not be fetched: is there a network?"
    cp examples/python/requirements.txt "$kept"
  fi
  kept=examples/node/node_modules/.lock-that-was-installed
  cmp -s examples/node/package-lock.json "$kept" && return 0
  say "fetching the packages of examples/node"
  (cd examples/node && npm ci --ignore-scripts --no-audit --no-fund --no-progress >&2) ||
    stop "The packages of examples/node could not be fetched: is there a network?"
  cp examples/node/package-lock.json "$kept"
}
