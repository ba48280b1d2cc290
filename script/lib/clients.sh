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
  need_node_packages examples/node
  need_node_packages tests/contract
}

# Exactly what the lock file of this folder says, fetched once for each lock file.
need_node_packages() {
  local kept="$1/node_modules/.lock-that-was-installed"
  cmp -s "$1/package-lock.json" "$kept" && return 0
  say "fetching the packages of $1"
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --no-progress >&2) ||
    stop "The packages of $1 could not be fetched: is there a network?"
  cp "$1/package-lock.json" "$kept"
}

# The description of the feed, judged by AsyncAPI's own parser, its golden messages, judged by the SDK of CloudEvents and by Ajv,
# and the descriptions of the HTTP API, judged by Redocly and Spectral. Messages of a running service are judged so in the journeys.
contract_tests() {
  node tests/contract/asyncapi.mjs schemas/asyncapi.yaml && node tests/contract/cloudevents.mjs schemas/examples/*.json &&
    node tests/contract/ajv.mjs schemas && node tests/contract/lint.mjs schemas/openapi.json schemas/openapi-3.0.json
}
