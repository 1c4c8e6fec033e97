#!/usr/bin/env bash
# Installs the Debian packages named as arguments that are missing, and starts nothing.
#
# Debian's packages of RabbitMQ and Erlang start and enable a broker and a name server on every
# interface. The platform runs its own on the loopback interface, so while packages are unpacked
# nothing may be started, and what a package of this run enabled is disabled again. Services of
# packages that were installed before stay as they were.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "stopped: $1"
  say "  do this: $2"
  exit 1
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "$@"; do
  # "a|b" is for a package whose name differs between releases of Debian.
  found=
  IFS='|' read -r -a names <<<"$package"
  for name in "${names[@]}"; do
    if installed "$name"; then found=yes; fi
  done
  [ -n "$found" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null 2>&1 ||
  fail "the packages ${missing[*]} are missing, and this is not a Debian system" \
    "install them by this system's own means and run the command again"

# The name under which this release of Debian knows a package, as far as its lists tell.
known() {
  local names name
  IFS='|' read -r -a names <<<"$1"
  for name in "${names[@]}"; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo)
  else
    wanted=()
    for package in "${missing[@]}"; do
      wanted+=("$(known "$package" || printf '%s' "${package##*|}")")
    done
    fail "the packages ${wanted[*]} are missing, and only root may install them" \
      "run as root: apt-get install --no-install-recommends ${wanted[*]}"
  fi
fi

root() { "${as_root[@]}" "$@"; }

policy=/usr/sbin/policy-rc.d
kept=
written=
newly=()

restore() {
  if [ -n "$written" ]; then root rm -f "$policy"; fi
  if [ -n "$kept" ]; then root mv "$kept" "$policy"; fi
  for unit in "${newly[@]}"; do
    root rm -f /etc/systemd/system/*.wants/"$unit"
    if [ -d /run/systemd/system ]; then root systemctl --quiet disable "$unit" || true; fi
  done
  if [[ " ${newly[*]} " == *" rabbitmq-server.service "* ]] && command -v update-rc.d >/dev/null; then
    root update-rc.d rabbitmq-server disable >/dev/null 2>&1 || true
  fi
}
trap restore EXIT
trap 'exit 130' INT TERM

installed rabbitmq-server || newly+=(rabbitmq-server.service)
installed erlang-base || newly+=(epmd.service epmd.socket)
if [ -e "$policy" ]; then
  kept="$policy.ketenaanpak-$$"
  root mv "$policy" "$kept"
fi
printf '#!/bin/sh\nexit 101\n' | root tee "$policy" >/dev/null
written=yes
root chmod 755 "$policy"

log=$(mktemp)
apt() {
  root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}

chosen=()
say "debian: installing ${missing[*]} (nothing of it is started)"
apt update || {
  tail -n 5 "$log" >&2
  fail "the package lists could not be fetched" "check the network, then run the command again"
}
for package in "${missing[@]}"; do
  name=$(known "$package") ||
    fail "no package ${package//|/ or } is known here" "check /etc/apt/sources.list"
  chosen+=("$name")
done
apt install --no-install-recommends "${chosen[@]}" || {
  tail -n 15 "$log" >&2
  fail "apt-get could not install ${chosen[*]}" "read the lines above; then run the command again"
}
rm -f "$log"
