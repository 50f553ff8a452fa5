#!/usr/bin/env bash
# Makes sure that Debian packages are there: installs what is missing as root or with passwordless sudo, else names it
# in one line. Nothing is asked of the network when nothing is missing.
#
# usage: Sources/Development/packages.sh LIST...      a list has one package a line, with the path that proves it
set -euo pipefail

missing=()
while read -r package proof; do
    case $package in '' | '#'*) continue ;; esac
    if [ -n "$proof" ]; then
        compgen -G "$proof" >/dev/null && continue
    elif [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then
        continue
    fi
    missing+=("$package")
done < <(cat "$@")
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "error: this machine lacks what Debian calls: ${missing[*]}" >&2
    exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "error: Debian packages are missing; as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    root=(sudo -n)
fi
echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
# The lists on a fresh machine are empty or old.
if ! install && ! { "${root[@]}" apt-get update >"$log" 2>&1 && install; }; then
    echo "error: apt-get install ${missing[*]} failed: $(grep -E '^E:' "$log" | head -n 1)" >&2
    exit 1
fi
