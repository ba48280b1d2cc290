# What the tests in a browser need: Node.js with npm, Chromium, and the packages pinned in tests/browser.
# Sourced after tools.sh, from the root of the repository.

BROWSER_TESTS=tests/browser

# The oldest Node.js that the test runner takes; Debian 12 has it.
NODE_FLOOR=18

node_will_do() {
  have node && have npm || return 1
  local version
  version=$(node --version)
  at_least "${version#v}" "$NODE_FLOOR"
}

need_node() {
  node_will_do || apt_install nodejs npm || true
  node_will_do || stop "Node.js $NODE_FLOOR or later with npm is needed for the tests in a browser: install both and come back."
}

have_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ -n "$name" ] && have "$name" && return 0
  done
  return 1
}

# The letters too: a bare system has a browser without a single font.
need_chromium() {
  have_chromium || apt_install chromium fonts-liberation || true
  have_chromium || stop "Chromium is needed for the tests in a browser: on Debian 'apt-get install chromium', or name one in CHROMIUM."
}

# Exactly what the lock file says, fetched once for each lock file; no browser is downloaded with it.
need_browser_packages() {
  local kept="$BROWSER_TESTS/node_modules/.lock-that-was-installed"
  cmp -s "$BROWSER_TESTS/package-lock.json" "$kept" && return 0
  say "fetching the packages of $BROWSER_TESTS"
  (cd "$BROWSER_TESTS" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-progress >&2) ||
    stop "The packages of $BROWSER_TESTS could not be fetched: is there a network?"
  cp "$BROWSER_TESTS/package-lock.json" "$kept"
}

need_browser() {
  need_node
  need_chromium
  need_browser_packages
}

# Runs the tests; arguments go to the test runner.
browser_tests() { (cd "$BROWSER_TESTS" && npx --no-install playwright test "$@"); }
