#!/usr/bin/env bash
# @event-driven-io/emmett-postgresql 0.42.0 (npm), with PostgreSQL (seen on 15).
#
# Its consumers read only messages whose transaction is older than every transaction that is still open, so that none is
# passed over that commits late. "Every" counts the whole server: a transaction that has written anything in *another
# database*, of an application that has nothing to do with it, holds back all messages of this one until it ends. Appends go
# on; nothing is logged.
#
# Seen on 2026-11-30:
#   seen by the consumer: first
#   two seconds after another append, with a transaction open in another database: first
#   once that transaction has ended: first, second
#   lost: none
#
# One would have guessed that a database's feed depends on its own transactions: locks, sequences, tables and visibility
# stop at the database.
#
# Why it matters here: places in our log are given under a lock that appends share (services/store/src/append.rs), which needs
# no look at open transactions. Whoever weighs `pg_snapshot_xmin` against that pays with the longest transaction of
# everybody on the server: a nightly dump of a neighbour's that writes, a forgotten psql.
#
# Needs Node.js and what script/lib/tools.sh finds or fetches. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
have node && have npm || stop "Node.js and npm are needed."
need_postgres
need_account
programs=$(cd "$(postgres_folder)" && pwd)

work=$(mktemp -d)
chmod 755 "$work"
as_server() {
  if is_root; then
    id postgres >/dev/null 2>&1 && set -- setpriv --reuid postgres --regid postgres --clear-groups "$@" ||
      set -- setpriv --reuid onboarding --regid onboarding --clear-groups "$@"
  fi
  (cd "$work/server" && "$@")
}
trap 'as_server "$programs/pg_ctl" -D "$work/server/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

mkdir "$work/server" "$work/probe"
if is_root; then chown "$(id -un postgres 2>/dev/null || echo onboarding)" "$work/server"; fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_server "$programs/initdb" -D data -U postgres -A trust >/dev/null
as_server "$programs/pg_ctl" -D data -w -l log \
  -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=" start >/dev/null

echo '{"private": true, "type": "module"}' >"$work/probe/package.json"
(cd "$work/probe" && npm install --save-exact --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error --before=2026-11-29 \
  @event-driven-io/emmett@0.42.0 @event-driven-io/emmett-postgresql@0.42.0 pg >&2)
cat >"$work/probe/probe.js" <<'NODE'
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
import pg from "pg";

const server = `postgres://postgres@127.0.0.1:${process.argv[2]}`;
const neighbour = new pg.Client(`${server}/postgres`);
await neighbour.connect();
await neighbour.query("CREATE DATABASE shop");
await neighbour.query("CREATE TABLE notes (n int)");

const store = getPostgreSQLEventStore(`${server}/shop`);
const seen = [];
const consumer = store.consumer();
consumer.reactor({ processorId: "probe", eachMessage: async (message) => void seen.push(message.type) });
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
const until = async (count) => {
  for (let tries = 0; tries < 100 && seen.length < count; tries += 1) await pause(0.1);
};

await store.appendToStream("order-1", [{ type: "first", data: {} }]);
consumer.start().catch((fault) => console.error(fault));
await until(1);
console.log(`seen by the consumer: ${seen.join(", ")}`);

await neighbour.query("BEGIN; INSERT INTO notes VALUES (1)");
await store.appendToStream("order-1", [{ type: "second", data: {} }]);
await pause(2);
const held = seen.length === 1;
console.log(`two seconds after another append, with a transaction open in another database: ${seen.join(", ")}`);
await neighbour.query("COMMIT");
await until(2);
console.log(`once that transaction has ended: ${seen.join(", ")}`);
const whole = seen.join(", ") === "first, second";
console.log(`lost: ${whole ? "none" : "some"}`);
process.exit(held && whole ? 0 : 1);
NODE
node "$work/probe/probe.js" "$port"
