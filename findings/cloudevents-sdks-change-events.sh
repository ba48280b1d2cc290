#!/usr/bin/env bash
# cloudevents 10.0.0 (npm) and cloudevents 2.2.0 (PyPI), the project's own SDKs.
#
# An event that is read and written again by an SDK is another one, without any change asked for. npm's cuts `time` to
# milliseconds and moves it to UTC. Python's writes a boolean extension as `True` into a header of the binary mode, where the
# specification has `true`: what one SDK sent as true comes to the other, and back to itself, as a text.
#
# Seen on 2026-11-30:
#   sent: time "2026-11-30T10:00:00.123456+01:00", last true
#   npm, structured mode and back: time "2026-11-30T09:00:00.123Z", last true
#   Python, structured mode and back: time "2026-11-30T10:00:00.123456+01:00", last true
#   Python, binary mode and back: time "2026-11-30T10:00:00.123456+01:00", last "True"
#   from Python in binary mode to npm: time "2026-11-30T09:00:00.123Z", last "True"
#
# One would have guessed that a gateway that only passes events on, by the SDK of the standard, passes on what it got.
#
# Why it matters here: whoever compares an event's bytes, or signs them, behind such a gateway sees a forged one, and an order
# by `time` loses its last digits. schemas/README.md says what to compare by: `id`, and `sequence`; our extensions are numbers
# and texts, none a boolean.
#
# Needs Node.js. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
have node && have npm || stop "Node.js and npm are needed."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/pinned.txt" <<'PINNED'
cloudevents==2.2.0
python-dateutil==2.9.0.post0
six==1.17.0
PINNED
$(find_pip) install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --root-user-action=ignore \
  --target "$work/python" --requirement "$work/pinned.txt" >&2
echo '{"private": true, "type": "module"}' >"$work/package.json"
(cd "$work" && npm install --save-exact --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error --before=2026-11-29 \
  cloudevents@10.0.0 >&2)

cat >"$work/pass_on.py" <<'PYTHON'
import json
import sys

from cloudevents.core.bindings import http

sent = http.HTTPMessage({"content-type": "application/cloudevents+json"}, sys.stdin.buffer.read())
event = http.from_http_event(sent)
binary = http.to_binary_event(event)
back = http.to_structured_event(http.from_http_event(binary))
print(json.dumps({
    "structured": json.loads(http.to_structured_event(event).body),
    "binary": {"headers": binary.headers, "body": binary.body.decode()},
    "back": json.loads(back.body),
}))
PYTHON
cat >"$work/pass_on.js" <<'NODE'
import { execFileSync } from "node:child_process";

import { HTTP } from "cloudevents";

const event = {
  specversion: "1.0", id: "1", source: "/invented", type: "example.happened",
  time: "2026-11-30T10:00:00.123456+01:00", last: true, datacontenttype: "application/json", data: { n: 1 },
};
const body = JSON.stringify(event);
const show = (what, it) => console.log(`${what}: time ${JSON.stringify(it.time)}, last ${JSON.stringify(it.last)}`);
const written = (read) => JSON.parse(HTTP.structured(read).body);

show("sent", event);
const npm = written(HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body }));
show("npm, structured mode and back", npm);
const env = { ...process.env, PYTHONPATH: "python" };
const python = JSON.parse(execFileSync("python3", ["pass_on.py"], { env, input: body, encoding: "utf8" }));
show("Python, structured mode and back", python.structured);
show("Python, binary mode and back", python.back);
const both = written(HTTP.toEvent(python.binary));
show("from Python in binary mode to npm", both);
process.exit(npm.time === "2026-11-30T09:00:00.123Z" && python.back.last === "True" && both.last === "True" ? 0 : 1);
NODE
(cd "$work" && node pass_on.js)
