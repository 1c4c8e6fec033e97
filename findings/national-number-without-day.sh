#!/usr/bin/env bash
# A Belgian national number whose holder's day of birth is unknown, between two libraries.
#
# Versions   python-stdnum 2.2 (PyPI), stdnum 1.12.0 (npm), a port of the former
# Guess      the port accepts what the original accepts: both know of unknown birth dates, written
#            with zeros, and agree on a number without month and day
# Seen       a number with a month but without a day (850300...) is valid in Python, and gives year
#            and month; in JavaScript it is refused as badly formed, by `nn` and by `insz`. Without
#            month and day (850000...) both accept it.
# Why care   a form in a browser that checks with the one keeps out people whom a service that checks
#            with the other accepts: those whose day of birth nobody knows.
#
# The numbers are made up: a date part, a serial number, and the check digits that belong to them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check python-stdnum==2.2
npm install --silent --no-audit --no-fund stdnum@1.12.0 >/dev/null

cat > check.py <<'PY'
from stdnum.be import nn

for number in ("85031412302", "85000012313", "85030012334"):
    print(number, nn.is_valid(number), nn.get_birth_year(number), nn.get_birth_month(number))
PY
cat > check.js <<'JS'
const { nn, insz } = require('stdnum').stdnum.BE;
for (const number of ['85031412302', '85000012313', '85030012334']) {
  console.log(number, nn.validate(number).isValid, insz.validate(number).isValid);
}
JS

expected_python='85031412302 True 1985 3
85000012313 True 1985 None
85030012334 True 1985 3'
expected_javascript='85031412302 true true
85000012313 true true
85030012334 false false'
seen_python=$(python/bin/python check.py)
seen_javascript=$(node check.js)
printf 'python-stdnum 2.2: number, valid, year, month of birth\n%s\n' "$seen_python"
printf 'stdnum 1.12.0 (npm): number, valid as nn, valid as insz\n%s\n' "$seen_javascript"
if [ "$seen_python" = "$expected_python" ] && [ "$seen_javascript" = "$expected_javascript" ]; then
  echo 'as found: the two libraries disagree on a number without a day of birth'
else
  echo 'this has changed' >&2
  exit 1
fi
