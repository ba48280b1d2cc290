# Web proxies for the tests: nginx, HAProxy, Apache and Varnish from Debian's packages, unpacked below the tools and never installed,
# so that none of them is started by its package. Sourced by script/test after tools.sh.

PROXIES="$TOOLS/proxies"

# With the libraries that only they need.
PROXY_PACKAGES="nginx haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 apache2-bin libapr1 libaprutil1 varnish libvarnishapi3 libjemalloc2"

# Unpacks them where that can be done; fails, and says why, where it cannot.
need_proxies() {
  [ -e "$PROXIES/complete" ] && return 0
  have apt-get && have dpkg-deb ||
    { say "== nginx, HAProxy, Apache and Varnish come from Debian's packages: they are not tried here"; return 1; }
  say "fetching $PROXY_PACKAGES"
  local work package
  work=$(mktemp -d)
  is_root && { apt-get update -qq >&2 || true; }
  # shellcheck disable=SC2086
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $PROXY_PACKAGES) >&2 ||
    { say "== nginx, HAProxy, Apache and Varnish could not be fetched: they are not tried here"; rm -rf "$work"; return 1; }
  rm -rf "$PROXIES"
  mkdir -p "$PROXIES"
  for package in "$work"/*.deb; do dpkg-deb --extract "$package" "$PROXIES"; done
  rm -rf "$work"
  touch "$PROXIES/complete"
}
