#!/usr/bin/env bash
# Prometheus' own word on what we tell it: promtool checks the metrics and the alert rules, and plays the rules through.
#
# usage: BITSTOCKERZ_TREE=DIR Tests/Prometheus/run.sh     DIR: what `make install DESTDIR=DIR` made
#
# promtool is taken out of Debian's package without installing it, which would start a server. Where neither is to be had,
# this part is left out, and says so; the tests in Swift read metrics and rules with a reader of their own.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tree=${BITSTOCKERZ_TREE:?names the directory that was given to make install as DESTDIR}
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
    promtool=$root/.build/promtool/usr/bin/promtool
    if [ ! -x "$promtool" ]; then
        rm -rf "$root/.build/promtool"
        mkdir -p "$root/.build/promtool"
        cd "$root/.build/promtool"
        if ! apt-get download prometheus >log 2>&1; then
            echo "skip promtool: Debian's package prometheus is not to be had ($(tail -n 1 log))"
            exit 0
        fi
        dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
        rm -f prometheus_*.deb
    fi
fi

"$promtool" check rules "$tree/usr/share/bitstockerz/systemd/bitstockerz.rules.yml"
work=$(mktemp -d "${TMPDIR:-/tmp}/bitstockerz-promtool.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$tree/usr/share/bitstockerz/systemd/bitstockerz.rules.yml" "$here/rules_test.yml" "$work"
(cd "$work" && "$promtool" test rules rules_test.yml)
# No process and no database: every metric that is counted is told all the same.
METRICS_FILE=$work/metrics "$tree/usr/bin/bitstockerz" metrics --database "host=$work" | "$promtool" check metrics
echo "promtool finds no fault"
