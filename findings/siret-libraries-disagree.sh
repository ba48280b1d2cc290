#!/usr/bin/env bash
# python-stdnum 2.2 (PyPI), siret 1.0.1, vat-siren-siret 1.2.1 and @form-validation/validator-siret 2.4.0 (npm).
#
# Two kinds of numbers are valid to some libraries and not to others. Establishments of La Poste (SIREN 356000000) have
# numbers of their own rule, the sum of the digits being a multiple of five: the three of npm, which know Luhn's alone, call
# nearly all of them wrong (817 of 820 in a public list). And a SIRET begins with a SIREN that has a check of its own: the three of npm take numbers whose
# SIREN cannot exist, and fourteen zeros.
#
# Seen on 2026-11-30 (python-stdnum, siret, vat-siren-siret, validator-siret):
#   an establishment of La Poste, 35600000000141: true false false false
#   another, by Luhn, 35600000000048: true true true true
#   a SIREN that fails its own check, 11122233344455: false true true true
#   fourteen zeros, 00000000000000: true true true true
#   an ordinary one, 13002526500013: true true true true
#
# One would have guessed that a number with a published check is judged alike by whoever implements it.
#
# Why it matters here: people fill in what another form has accepted. A SIRET is good here when its SIREN passes and either rule
# holds, all zeros excepted (domain/src/values/siret.rs); `schemas/README.md` says so to those who check before they send.
#
# Needs Node.js. Exits with another code than 0 when it is no longer so.
set -euo pipefail
cd "$(dirname "$0")/.."
. script/lib/tools.sh
have node && have npm || stop "Node.js and npm are needed."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

$(find_pip) install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --root-user-action=ignore \
  --target "$work/python" python-stdnum==2.2 >&2
echo '{"private": true, "type": "module"}' >"$work/package.json"
(cd "$work" && npm install --save-exact --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error --before=2026-11-29 \
  siret@1.0.1 vat-siren-siret@1.2.1 @form-validation/validator-siret@2.4.0 >&2)

cat >"$work/judge.py" <<'PYTHON'
import sys

from stdnum.fr import siret

print(*[str(siret.is_valid(number)).lower() for number in sys.argv[1:]])
PYTHON
cat >"$work/judge.js" <<'NODE'
import { execFileSync } from "node:child_process";

import { siret as validator } from "@form-validation/validator-siret";
import siret from "siret";
import { isSIRET } from "vat-siren-siret";

const numbers = {
  "an establishment of La Poste": "35600000000141",
  "another, by Luhn": "35600000000048",
  "a SIREN that fails its own check": "11122233344455",
  "fourteen zeros": "00000000000000",
  "an ordinary one": "13002526500013",
};
const env = { ...process.env, PYTHONPATH: "python" };
const python = execFileSync("python3", ["judge.py", ...Object.values(numbers)], { env, encoding: "utf8" }).trim().split(" ");
const found = Object.entries(numbers).map(([what, number], at) => {
  const judged = [python[at] === "true", siret.isSIRET(number), isSIRET(number), validator().validate({ value: number, options: {} }).valid];
  console.log(`${what}, ${number}: ${judged.join(" ")}`);
  return judged.join(" ");
});
process.exit(found[0] === "true false false false" && found[2] === "false true true true" ? 0 : 1);
NODE
(cd "$work" && node judge.js)
