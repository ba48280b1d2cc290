# What the examples and the tests of contracts need: the packages that each of them pins. Sourced after tools.sh and browser.sh, from the root of the repository.

need_client_packages() {
  need_python_packages examples/python "$TOOLS/python"
  need_python_packages tests/contract/clients "$TOOLS/python-generators"
  have javac || apt_install default-jdk-headless || stop "A JDK (11 or later) is needed for the client in Java: install one and come back."
  need_node_packages examples/node
  need_node_packages tests/contract
}

# need_python_packages FOLDER TARGET: what the requirements of this folder say, by hash, apart from the system's own packages.
need_python_packages() {
  local kept="$2/.requirements-that-were-installed" pip
  cmp -s "$1/requirements.txt" "$kept" && return 0
  say "fetching the packages of $1"
  pip=$(find_pip)
  rm -rf "$2"
  $pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --target "$2" --requirement "$1/requirements.txt" >&2 ||
    stop "The packages of $1 could not be fetched: is there a network?"
  cp "$1/requirements.txt" "$kept"
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
