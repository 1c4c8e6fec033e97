#!/usr/bin/env bash
# Which of Dutch and French a Belgian browser gets, from two libraries that read Accept-Language.
#
# Versions   werkzeug 3.1.9 (PyPI, what Flask uses), negotiator 1.0.0 (npm, what Express uses)
# Guess      both give French for `fr-BE,nl;q=0.5` where nl, fr and en are on offer: the range has
#            the greatest weight, and French is what RFC 4647 (section 3.4, lookup) falls back to
# Seen       negotiator does. werkzeug's `best_match` gives Dutch: it looks at the whole header for
#            exact matches first, and falls back to the primary language only when there is none, so
#            that any exact range beats every range of a region, whatever the weights say. With
#            `fr-BE` alone it gives French.
# Why care   a browser set to Belgian French sends just that. Whoever offers languages without
#            regions and uses `best_match` answers in the language that the reader likes less.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check werkzeug==3.1.9
npm install --silent --no-audit --no-fund negotiator@1.0.0 >/dev/null

cat > headers.txt <<'TXT'
fr-BE,nl;q=0.5
fr;q=0.5,nl-BE;q=0.8
fr-BE
TXT
cat > match.py <<'PY'
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

for header in open("headers.txt").read().split():
    print(header, parse_accept_header(header, LanguageAccept).best_match(["nl", "fr", "en"]))
PY
cat > match.js <<'JS'
const Negotiator = require('negotiator');
for (const header of require('fs').readFileSync('headers.txt', 'utf8').trim().split('\n')) {
  const negotiator = new Negotiator({ headers: { 'accept-language': header } });
  console.log(header, negotiator.language(['nl', 'fr', 'en']));
}
JS

seen_werkzeug=$(python/bin/python match.py)
seen_negotiator=$(node match.js)
printf 'werkzeug 3.1.9:\n%s\nnegotiator 1.0.0:\n%s\n' "$seen_werkzeug" "$seen_negotiator"
expected_werkzeug='fr-BE,nl;q=0.5 nl
fr;q=0.5,nl-BE;q=0.8 fr
fr-BE fr'
expected_negotiator='fr-BE,nl;q=0.5 fr
fr;q=0.5,nl-BE;q=0.8 nl
fr-BE fr'
if [ "$seen_werkzeug" = "$expected_werkzeug" ] && [ "$seen_negotiator" = "$expected_negotiator" ]; then
  echo 'as found: werkzeug prefers an exact range of less weight'
else
  echo 'this has changed' >&2
  exit 1
fi
