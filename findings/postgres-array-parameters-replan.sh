#!/usr/bin/env bash
# PostgreSQL (seen on 15).
#
# A prepared statement is planned for its parameters five times, then once for all, if that plan is not dearer. With an array
# among the parameters it is planned again at each execution for ever, when the arrays are short: the plan for all supposes
# ten elements, the one for an array of one element costs less, so the plan for all always looks dearer. The plans are the
# same, and planning takes as long as executing, with joins longer. Nothing tells but `pg_prepared_statements`.
#
# Seen on 2026-11-30:
#   id = $1: 995 generic, 5 custom plans
#   id = ANY($1), one element: 0 generic, 1000 custom plans
#   unnest($1) joined, one element: 0 generic, 1000 custom plans
#   id = ANY($1), twenty elements: 995 generic, 5 custom plans
#   the two plans of id = ANY($1) have the same nodes: yes
#   milliseconds for a thousand: 67, with plan_cache_mode = force_generic_plan: 40
#
# One would have guessed that a statement that is prepared once and executed a thousand times is planned a handful of times,
# whatever the kind of its parameters; drivers prepare each statement for that very reason.
#
# Why it matters here: commands that stand ready share a statement, their arguments in arrays, mostly of one element
# (services/store/src/load.rs); planning it took more of PostgreSQL's time than running it. Connections of the service set
# `plan_cache_mode` (services/runtime/src/postgres.rs).
#
# Exits with another code than 0 when the counts are no longer so; the times are only shown.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
need_postgres
need_account
programs=$(cd "$(postgres_folder)" && pwd)
psql=$([ -x "$programs/psql" ] && echo "$programs/psql" || command -v psql) || stop "psql is needed: on Debian 'apt-get install postgresql-client'."

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

mkdir "$work/server"
if is_root; then chown "$(id -un postgres 2>/dev/null || echo onboarding)" "$work/server"; fi
as_server "$programs/initdb" -D data -U postgres -A trust >/dev/null
as_server "$programs/pg_ctl" -D data -w -l log -o "-c listen_addresses= -c unix_socket_directories=$work/server" start >/dev/null

# Executes one of the statements below a thousand times; prints how often it was planned how, the last plan, milliseconds.
ask() {
  local statement=$1 argument=$2 mode=$3
  {
    echo "SET plan_cache_mode = $mode;"
    echo 'PREPARE one(text) AS SELECT n FROM kept WHERE id = $1;'
    echo 'PREPARE any_of(text[]) AS SELECT n FROM kept WHERE id = ANY($1);'
    echo 'PREPARE joined(text[]) AS SELECT n FROM unnest($1) AS asked(id) JOIN kept USING (id);'
    echo "SELECT extract(epoch FROM clock_timestamp()) AS began \\gset"
    echo '\o /dev/null'
    for _ in $(seq 1000); do echo "EXECUTE $statement($argument);"; done
    echo '\o'
    echo "SELECT generic_plans, custom_plans, round(1000 * (extract(epoch FROM clock_timestamp()) - :began))"
    echo "  FROM pg_prepared_statements WHERE name = '$statement';"
    echo "EXPLAIN (COSTS off) EXECUTE $statement($argument);"
  } | as_server "$psql" -h "$work/server" -U postgres -qAt -F ' ' -v ON_ERROR_STOP=1
}
as_server "$psql" -h "$work/server" -U postgres -q -v ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE kept (id text PRIMARY KEY, n int);
INSERT INTO kept SELECT 'k' || i, i FROM generate_series(1, 100000) AS i;
VACUUM ANALYZE kept;
SQL

counts() { head -n 1 | { read -r generic custom _ && echo "$generic generic, $custom custom plans"; }; }
twenty="'{$(seq -s, -f 'k%g' 20)}'"
one=$(ask one "'k1'" auto)
short=$(ask any_of "'{k1}'" auto)
forced=$(ask any_of "'{k1}'" force_generic_plan)
joined=$(ask joined "'{k1}'" auto)
long=$(ask any_of "$twenty" auto)
nodes() { tail -n +2 | sed 's/[(]id = .*//'; }
same=$([ "$(nodes <<<"$short")" = "$(nodes <<<"$forced")" ] && echo yes || echo no)
echo "id = \$1: $(counts <<<"$one")"
echo "id = ANY(\$1), one element: $(counts <<<"$short")"
echo "unnest(\$1) joined, one element: $(counts <<<"$joined")"
echo "id = ANY(\$1), twenty elements: $(counts <<<"$long")"
echo "the two plans of id = ANY(\$1) have the same nodes: $same"
echo "milliseconds for a thousand: $(head -n 1 <<<"$short" | cut -d' ' -f3), with plan_cache_mode = force_generic_plan: $(head -n 1 <<<"$forced" | cut -d' ' -f3)"
[ "$(counts <<<"$one")" = "995 generic, 5 custom plans" ] && [ "$(counts <<<"$short")" = "0 generic, 1000 custom plans" ] &&
  [ "$(counts <<<"$joined")" = "0 generic, 1000 custom plans" ]
