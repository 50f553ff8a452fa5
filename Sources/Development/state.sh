# Sourced by the scripts beside it: where this checkout's development stack lives, and what they do to a stack.
#
# As root the stack runs as user postgres, who cannot go everywhere root can (a checkout under a 0700 home, say): its state
# and an installed copy of the programs lie in /var/lib then, linked from .run/home.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

if [ "$(id -u)" = 0 ]; then
    home=/var/lib/bitstockerz-dev-$(printf %s "$root" | sha256sum | cut -c1-12)
else
    home=$root/.run/home
fi
# What `make run` starts.
tree=$home/tree
state=$home/state
dev=$tree/usr/bin/bitstockerz-dev

make_home() {
    mkdir -p .run "$home"
    chmod 755 "$home"
    [ "$home" = "$root/.run/home" ] || ln -sfn "$home" .run/home
}

# usage: install_tree TREE     installs the build and the demo prices where the stack can read them
install_tree() {
    rm -rf "$1.new"
    DESTDIR=$1.new PAGE=.build/web/development Sources/Development/install.sh
    # What starts it all without systemd, which no server needs.
    install -m 755 .build/split/bitstockerz-dev -t "$1.new/usr/bin"
    mkdir -p "$1.new/demo"
    cp .build/demo/*.csv .build/demo/list.tsv "$1.new/demo"
    chmod -R a+rX "$1.new"
    rm -rf "$1"
    mv "$1.new" "$1"
}

# usage: database_url TREE STATE
database_url() {
    "$1/usr/bin/bitstockerz-dev" status --state "$2" --json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["database_url"])'
}

# usage: admin TREE STATE ARGUMENT...     the admin tool, on the stack's database
admin() {
    local url
    url=$(database_url "$1" "$2")
    env DATABASE_URL="$url" ENVIRONMENT=development SERVER_SECRET_FILE="$2/server-secret" MIGRATIONS_DIR="$1/usr/share/bitstockerz/Migrations" \
        "$1/usr/bin/bitstockerz" "${@:3}"
}

# usage: import_demo TREE STATE     imports the prices that the stack's database does not have yet
import_demo() {
    local symbol asset_type timeframe file ticker name provider adjustment sum imported=$2/imported.sums log=$2/log/import.log
    touch "$imported"
    while IFS=$'\t' read -r symbol asset_type timeframe file ticker name provider adjustment; do
        sum="$(sha256sum <"$1/demo/$file" | cut -d' ' -f1) $symbol $timeframe"
        grep -qxF "$sum" "$imported" && continue
        echo "importing $symbol $timeframe"
        admin "$1" "$2" import --symbol "$symbol" --asset-type "$asset_type" --timeframe "$timeframe" \
            --ticker "$ticker" --name "$name" --provider "$provider" --adjustment "$adjustment" "$1/demo/$file" \
            >"$log" 2>&1 || { echo "error: import of $file failed: $(tail -n 1 "$log")" >&2; return 1; }
        echo "$sum" >>"$imported"
    done <"$1/demo/list.tsv"
}

# usage: make_demo_key TREE STATE FILE     one demo user, and a key of it in a file that only its owner can read
make_demo_key() {
    local user=$2/demo-user made=$2/demo-key.sum key
    # A key from another database is of no use.
    [ -s "$3" ] && [ "$(sha256sum <"$3")" = "$(cat "$made" 2>/dev/null)" ] && return
    if ! [ -s "$user" ]; then
        admin "$1" "$2" user create --email demo@bitstockerz.local --display-name Demo --json |
            python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])' >"$user.new" ||
            { echo "error: no demo user could be made" >&2; return 1; }
        mv "$user.new" "$user"
    fi
    key=$(admin "$1" "$2" api-key create --user "$(cat "$user")" --name "make run" 2>"$2/log/api-key.log") ||
        { echo "error: no demo key could be made: $(tail -n 1 "$2/log/api-key.log")" >&2; return 1; }
    (umask 077 && printf '%s\n' "$key" >"$3.new" && mv "$3.new" "$3")
    sha256sum <"$3" >"$made"
}
