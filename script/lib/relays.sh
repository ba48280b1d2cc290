# Mail servers for the tests: Postfix, Exim and OpenSMTPD from Debian's packages, unpacked below the tools and never installed,
# so that none of them is started, asks a question, or replaces the machine's own. Sourced by script/test after tools.sh.

RELAYS="$TOOLS/relays"

# The packages of each, with libraries that only they need.
RELAY_PACKAGES="postfix exim4-daemon-light exim4-base libidn12 opensmtpd"

# Unpacks them where that can be done; fails, and says why, where it cannot.
need_relays() {
  [ -e "$RELAYS/complete" ] && relay_accounts && return 0
  is_root && have apt-get && have dpkg-deb ||
    { say "== Postfix, Exim and OpenSMTPD come from Debian's packages and run as root: mails are not tried on them here"; return 1; }
  say "fetching $RELAY_PACKAGES"
  local work package name
  work=$(mktemp -d)
  apt-get update -qq >&2 || true
  # Each by itself: the three conflict with each other.
  # shellcheck disable=SC2086
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root $RELAY_PACKAGES) >&2 ||
    { say "== Postfix, Exim and OpenSMTPD could not be fetched: mails are not tried on them here"; rm -rf "$work"; return 1; }
  rm -rf "$RELAYS"
  for package in "$work"/*.deb; do
    name=$(dpkg-deb --field "$package" Package)
    case $name in exim4-* | libidn12) name=exim ;; esac
    mkdir -p "$RELAYS/$name"
    dpkg-deb --extract "$package" "$RELAYS/$name"
  done
  rm -rf "$work"
  relay_accounts
  touch "$RELAYS/complete"
}

# A verifier of DKIM and a spam filter, which judge our mails; fails, and says why, where they cannot be had.
need_mail_judges() {
  has_mail_judges || apt_install python3-dkim spamassassin openssl || true
  has_mail_judges ||
    { say "== python3-dkim and spamassassin come from Debian's packages: mails are not judged by them here"; return 1; }
}

has_mail_judges() { have spamassassin && have openssl && /usr/bin/python3 -c 'import dkim' 2>/dev/null; }

# The accounts and the empty folder whose names stand in the programs.
relay_accounts() {
  local account
  for account in postfix Debian-exim opensmtpd opensmtpq; do
    id "$account" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$account" >&2
  done
  getent group postdrop >/dev/null || groupadd --system postdrop >&2
  mkdir -p /var/lib/opensmtpd/empty
}
