#!/usr/bin/env bash
# Installs what has been built. Configuration that is already there stays as it is. Every file is exchanged at once, and what
# nobody needs any more goes last: what runs and serves meanwhile finds the old file or the new one, and never none.
#
# usage: [DESTDIR=/staging] [PREFIX=/usr] [PAGE=.build/web/dist] Sources/Development/install.sh [symbols|uninstall]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
stage=${DESTDIR:-}
prefix=${PREFIX:-/usr}
built=.build/split
page=${PAGE:-.build/web/dist}
manual=.build/manual
# Where debuggers look for what was split off a program.
symbols=$stage/usr/lib/debug$prefix
share=$stage$prefix/share/bitstockerz
units=$stage$prefix/lib/systemd/system

. Sources/Development/programs.sh
# The admin tool is for people, the others for systemd.
folder() { if [ "$1" = bitstockerz ]; then echo bin; else echo libexec/bitstockerz; fi; }
# Where shells look for how a word goes on.
completions=("bash bash-completion/completions/bitstockerz" "zsh zsh/vendor-completions/_bitstockerz"
    "fish fish/vendor_completions.d/bitstockerz.fish")
# Whether this machine's own systemd is meant, and not a tree for another.
is_here() { [ -z "$stage" ] && [ -d /run/systemd/system ]; }
if [ "${1:-install}" = symbols ]; then
    for program in "${programs[@]}"; do
        install -D -m 644 "$built/$program.debug" -t "$symbols/$(folder "$program")"
    done
    exit 0
fi
if [ "${1:-install}" = uninstall ]; then
    if is_here; then
        systemctl stop 'bitstockerz*'
        systemctl reset-failed 'bitstockerz*' 2>/dev/null || true
    fi
    wants=$stage/etc/systemd/system
    [ ! -d "$wants" ] || find "$wants" -type l -path '*.wants/bitstockerz*' -delete
    [ ! -d "$wants" ] || find "$wants" -type d -name 'bitstockerz*.wants' -empty -delete
    # A link that leads nowhere would keep nginx from starting.
    for site in "$stage"/etc/nginx/sites-enabled/*; do
        case $(readlink "$site") in
        "$prefix"/share/bitstockerz/*) rm "$site" ;;
        *)
            ! grep -qs 'include bitstockerz/' "$site" ||
                echo "$site still names what is gone now: remove it, or nginx does not start again" >&2
            ;;
        esac
    done
    [ ! -L "$stage/etc/nginx/bitstockerz" ] || rm "$stage/etc/nginx/bitstockerz"
    # /etc/bitstockerz, the journal and its settings, the logs and the database are the administrator's.
    rm -rf "$stage$prefix/libexec/bitstockerz" "$share" "$stage$prefix/bin/bitstockerz"
    rm -rf "$symbols/libexec/bitstockerz" "$symbols/bin/bitstockerz.debug"
    for file in systemd/*.target systemd/*.socket systemd/*.service systemd/*.timer; do rm -f "$units/$(basename "$file")"; done
    rm -f "$stage$prefix/lib/sysusers.d/bitstockerz.conf" "$stage$prefix/lib/tmpfiles.d/bitstockerz.conf"
    rm -f "$stage$prefix"/share/man/man1/bitstockerz{,-*}.1 "$stage$prefix/share/man/man5/bitstockerz.env.5"
    for pair in "${completions[@]}"; do rm -f "$stage$prefix/share/${pair#* }"; done
    rm -rf "$stage/run/bitstockerz" "$stage/var/lib/bitstockerz/before" "$stage/var/cache/nginx/bitstockerz" "$stage"/var/lib/systemd/timers/stamp-bitstockerz-*
    if is_here; then
        systemctl daemon-reload
        if systemctl is-active --quiet nginx && nginx -qt; then systemctl reload nginx; fi
    fi
    [ -n "$stage" ] || echo "BitStockerz is gone, but for /etc/bitstockerz, /etc/systemd/journald@bitstockerz.conf, /var/log/nginx/bitstockerz*.log, the journals, the user and the database."
    exit 0
fi

[ $# = 0 ] || [ "$*" = install ] || { echo "error: install.sh takes symbols, uninstall or nothing, not '$*'" >&2; exit 64; }
for file in "${programs[@]/#/$built/}" "$page/index.html" "$manual/man1/bitstockerz.1"; do
    [ -e "$file" ] || { echo "error: $file is not built: run make first" >&2; exit 1; }
done

# Installed text names the prefix it was installed under.
put() { # MODE FROM TO
    mkdir -p "$(dirname "$3")"
    sed -e "s|/usr/libexec/bitstockerz|$prefix/libexec/bitstockerz|g" -e "s|/usr/share/bitstockerz|$prefix/share/bitstockerz|g" \
        -e "s|/usr/bin/bitstockerz|$prefix/bin/bitstockerz|g" "$2" >"$3.new"
    chmod "$1" "$3.new"
    mv -f "$3.new" "$3"
}
put_new() { [ -e "$3" ] || put "$@"; }

# Makes folder TO hold the files of folder FROM and no others. The page's document comes last: it names the others. What goes is
# kept in folder BEFORE, if one is given, till other files go.
replace() { # FROM TO [BEFORE]
    local file is_kept=
    rm -rf "$2.new"
    mkdir -p "$2" "$2.new"
    cp -R --preserve=timestamps "$1/." "$2.new"
    chmod -R u=rwX,go=rX "$2.new"
    while IFS= read -r file; do
        mkdir -p "$(dirname "$2/$file")"
        mv -f "$2.new/$file" "$2/$file"
    done < <(cd "$2.new" && find . -type f ! -path './index.html*' && find . -type f -path './index.html*')
    rm -rf "$2.new"
    while IFS= read -r file; do
        [ ! -e "$1/$file" ] || continue
        if [ -n "${3:-}" ]; then
            [ -n "$is_kept" ] || rm -rf "$3"
            is_kept=1
            mkdir -p "$(dirname "$3/$file")"
            cp -p "$2/$file" "$3/$file"
        fi
        rm "$2/$file"
    done < <(cd "$2" && find . -type f)
    find "$2" -mindepth 1 -type d -empty -delete
}

for program in "${programs[@]}"; do
    target=$stage$prefix/$(folder "$program")/$program
    install -D -m 755 "$built/$program" "$target.new"
    mv -f "$target.new" "$target"
    for name in ${names[$program]:-}; do
        ln -sfn "$program" "$(dirname "$target")/$name.new"
        mv -fT "$(dirname "$target")/$name.new" "$(dirname "$target")/$name"
    done
done
# A page that is open in a browser goes on by the files it knows.
replace "$page" "$share/web" "$stage/var/lib/bitstockerz/before"
replace Migrations "$share/Migrations"
mkdir -p "$share/nginx"
while IFS= read -r file; do put 644 "$file" "$share/$file"; done < <(find nginx -type f)
while IFS= read -r file; do [ -e "$file" ] || rm "$share/$file"; done < <(cd "$share" && find nginx -type f)
for file in systemd/*.target systemd/*.socket systemd/*.service systemd/*.timer; do put 644 "$file" "$units/$(basename "$file")"; done
for file in database-tcp.conf pgbouncer.ini.example; do put 644 "systemd/$file" "$share/systemd/$file"; done
for file in systemd/bitstockerz.{rules.yml,dashboard.json}; do put 644 "$file" "$share/systemd/$(basename "$file")"; done
put 644 systemd/bitstockerz.env.example "$share/systemd/bitstockerz.env.example"
put 644 systemd/sysusers.conf "$stage$prefix/lib/sysusers.d/bitstockerz.conf"
put 644 systemd/tmpfiles.conf "$stage$prefix/lib/tmpfiles.d/bitstockerz.conf"
# Read by systemd, not by the service: it may hold secrets.
put_new 600 systemd/bitstockerz.env.example "$stage/etc/bitstockerz/bitstockerz.env"
# The installation's secret. Not for a package to bring along: every installation has its own, all its hosts the same.
if [ -z "$stage" ] && [ ! -e /etc/bitstockerz/server-secret ]; then
    (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >/etc/bitstockerz/server-secret)
fi
# From 1.25.1 on nginx has HTTP/2 in a line of its own, and warns of the older spelling.
new_http2() {
    local version
    version=$(PATH=$PATH:/usr/sbin nginx -v 2>&1 | sed -n 's|.*nginx/\([0-9.]*\).*|\1|p')
    [ "$(printf '%s\n' "${version:-0}" 1.25.1 | sort -V | head -n 1)" = 1.25.1 ]
}
https=$stage/etc/bitstockerz/nginx/listen-https.conf
if [ ! -e "$https" ]; then
    put 644 nginx/listen-https.conf "$https"
    ! new_http2 || sed -i -e 's/^\(listen .*\) http2;/\1;/' -e '$a http2 on;' "$https"
fi
for file in trusted-proxies other-names listen-http conf.d/limits conf.d/cache conf.d/hsts; do
    put_new 644 "nginx/$file.conf" "$stage/etc/bitstockerz/nginx/$file.conf"
done
put_new 644 nginx/site.conf.example "$stage/etc/bitstockerz/nginx/site.conf"
put_new 644 systemd/journald@bitstockerz.conf "$stage/etc/systemd/journald@bitstockerz.conf"
mkdir -p "$stage/etc/nginx"
ln -sfn "$prefix/share/bitstockerz/nginx" "$stage/etc/nginx/bitstockerz"
for file in "$manual"/man?/*; do put 644 "$file" "$stage$prefix/share/man${file#"$manual"}"; done
for pair in "${completions[@]}"; do put 644 "$manual/completions/${pair% *}" "$stage$prefix/share/${pair#* }"; done
chmod -R a+rX "$share"

[ -z "$stage" ] || exit 0
if is_here && systemctl is-active --quiet bitstockerz.target; then
    echo "Installed, and the old release still runs. Next: sudo bitstockerz upgrade"
else
    echo "Installed. Next: Install on a server in README.md, from systemd-sysusers on."
fi
