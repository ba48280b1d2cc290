# PgBouncer for the tests, from Debian's package, unpacked below the tools and never installed, as mail servers are. Sourced by
# script/test after tools.sh.

POOLER="$TOOLS/pooler"

# With the libraries that only it needs.
POOLER_PACKAGES="pgbouncer libevent-2.1-7 libc-ares2"

# Unpacks it where that can be done; fails, and says why, where it cannot.
need_pooler() {
  [ -e "$POOLER/complete" ] && return 0
  have apt-get && have dpkg-deb ||
    { say "== PgBouncer comes from Debian's package: a pooler is not tried here"; return 1; }
  say "fetching $POOLER_PACKAGES"
  local work package
  work=$(mktemp -d)
  is_root && { apt-get update -qq >&2 || true; }
  # shellcheck disable=SC2086
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $POOLER_PACKAGES) >&2 ||
    { say "== PgBouncer could not be fetched: a pooler is not tried here"; rm -rf "$work"; return 1; }
  rm -rf "$POOLER"
  mkdir -p "$POOLER"
  for package in "$work"/*.deb; do dpkg-deb --extract "$package" "$POOLER"; done
  rm -rf "$work"
  touch "$POOLER/complete"
}
