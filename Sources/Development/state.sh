# Sourced by the scripts beside it: where this checkout's development stack lives.
#
# As root the stack runs as user postgres, who cannot go everywhere root can (a checkout under a 0700 home, say): its state
# and an installed copy of the programs lie in /var/lib then, linked from .run/state.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export STACK_USER=postgres

if [ "$(id -u)" = 0 ]; then
    home=/var/lib/bitstockerz-dev-$(printf %s "$root" | sha256sum | cut -c1-12)
    as_stack_user() { setpriv --reuid "$STACK_USER" --regid "$STACK_USER" --init-groups "$@"; }
else
    home=$root/.run/home
    as_stack_user() { "$@"; }
fi
tree=$home/tree
state=$home/state
tool=$tree/usr/bin/bitstockerz

# Makes .run and what it links to.
make_home() {
    mkdir -p .run "$home"
    chmod 755 "$home"
    [ "$home" = "$root/.run/home" ] || ln -sfn "$home" .run/home
}

# Installs the build where the stack can read it.
install_tree() {
    rm -rf "$tree.new" "$tree.old"
    DESTDIR=$tree.new Sources/Development/install.sh
    mkdir -p "$tree.new/demo"
    cp .build/demo/*.csv .build/demo/list.tsv "$tree.new/demo"
    chmod -R a+rX "$tree.new"
    [ ! -e "$tree" ] || mv "$tree" "$tree.old"
    mv "$tree.new" "$tree"
    rm -rf "$tree.old"
}

# usage: import_demo STATE     imports the prices that this stack's database does not have yet
import_demo() {
    local symbol asset_type timeframe file sum done_file=$1/imported.sums
    touch "$done_file"
    while IFS=$'\t' read -r symbol asset_type timeframe file; do
        sum="$(sha256sum <"$tree/demo/$file" | cut -d' ' -f1) $file"
        grep -qxF "$sum" "$done_file" && continue
        echo "importing $symbol $timeframe"
        as_stack_user env DATABASE_URL="$(database_url "$1")" ENVIRONMENT=development \
            "$tool" import --symbol "$symbol" --asset-type "$asset_type" --timeframe "$timeframe" "$tree/demo/$file" \
            >"$1/import.log" 2>&1 || { echo "error: import of $file failed: $(tail -n 1 "$1/import.log")" >&2; return 1; }
        echo "$sum" >>"$done_file"
    done <"$tree/demo/list.tsv"
}

# usage: database_url STATE
database_url() { "$tool" dev status --state "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["database_url"])'; }
