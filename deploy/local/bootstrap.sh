#!/usr/bin/env bash
# Makes the virtual environment of the project on a machine that has never seen it.
#
#   bootstrap.sh [folder]      the folder of the environment, .venv beside the Makefile by default
#
# Installs what the lock says, hash by hash, and only when the lock changed. What Debian lacks
# (python3-venv and the like) is installed by root or through sudo. Everything that this script
# tells goes to standard error, so that commands behind it may be captured.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${1:-$root/.venv}
lock=$root/requirements-dev.lock
stamp=$venv/.installed

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "stopped: $1"
  say "  do this: $2"
  exit 1
}

fits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
      command -v "$name"
      return
    fi
  done
}

wanted=$(sha256sum "$lock" | cut -d' ' -f1)
if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

began=$SECONDS
python=$(find_python)
if [ -z "$python" ]; then
  bash "$here/debian.sh" python3 python3-venv
  python=$(find_python)
  [ -n "$python" ] || fail "no Python from 3.11 to 3.13 is found" \
    "install one, or name it: PYTHON=/path/to/python3.12 make demo"
fi
# The packages come over https; a minimal Debian trusts nobody yet.
if [ -e /etc/debian_version ] && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then
  bash "$here/debian.sh" ca-certificates
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  bash "$here/debian.sh" python3-venv
fi

if ! { [ -x "$venv/bin/python" ] && fits "$venv/bin/python"; }; then
  say "  python         making $venv with $("$python" --version)"
  "$python" -m venv "$venv" || fail "the virtual environment could not be made" \
    "install python3-venv and remove $venv, then run the command again"
fi
say "  python         installing the packages of ${lock##*/}"
told=$(mktemp)
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --require-hashes -r "$lock" >"$told" 2>&1; then
  grep -v '^WARNING' "$told" | tail -n 6 >&2 || true
  fail "the Python packages could not be installed" \
    "check the network (pip's own settings, such as PIP_INDEX_URL, are respected)"
fi
rm -f "$told"

# `ketenaanpak` and `python -m ops.cli` find the rooms of this checkout from anywhere.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$root" >"$site/ketenaanpak.pth"
printf '#!/bin/sh\nexec "%s/bin/python" -m ops.cli "$@"\n' "$venv" >"$venv/bin/ketenaanpak"
chmod 755 "$venv/bin/ketenaanpak"
printf '%s\n' "$wanted" >"$stamp"
say "  python         ready after $((SECONDS - began)) s"
