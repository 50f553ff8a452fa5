#!/usr/bin/env bash
# The Debian package as an administrator meets it, by the README's own commands: installed, upgraded, removed and purged by a
# real apt on a real systemd; then `make install` and `make uninstall`.
#
# usage: Tests/SystemdTests/package.sh     packs what `make` has built, unless `make deb` has already
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=checks.sh
. "$here/checks.sh"
# shellcheck source=readme.sh
. "$here/readme.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/bitstockerz-package.XXXXXX")
lab_end() { :; }
finish_all() { lab_end; rm -rf "$work"; }
trap finish_all EXIT

deb=$("$root/Sources/Development/deb.sh") || { check "make deb packs what is built" false; finish; }
check "the package has 25 MB at most" test "$(stat -c %s "$deb")" -le 25000000
# It takes its time, and is asked for at the end. It leaves files of its own where it works.
TMPDIR=$work lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$deb" >"$work/lintian" 2>&1 &
lintian=$!
no_fault() { wait $lintian || { cat "$work/lintian"; return 1; }; }
finish_package() {
    check "lintian finds no error, and no warning without a reason" no_fault
    finish "$@"
}
mkdir "$work/next" "$work/a b"
dpkg-deb -R "$deb" "$work/next"
hardened() { # PROGRAM
    local dynamic
    dynamic=$(readelf -dlW "$1")
    [[ $dynamic == *PIE* && $dynamic == *BIND_NOW* && $dynamic == *GNU_RELRO* && $dynamic != *RUNPATH* && $dynamic != *RPATH* ]] &&
        [[ $(readelf -SW "$1") != *.symtab* ]]
}
version=$(dpkg-deb -f "$deb" Version)
for program in "$work"/next/usr/bin/* "$work"/next/usr/libexec/bitstockerz/*; do
    name=$(basename "$program")
    check "$name is stripped and hardened" hardened "$program"
    check "and says its version" test "$(env -i "$program" --version | sed 's/.* //')" = "$version"
done
pages() { cd "$work/next/usr/share/man" && find . -name "$1"; }
for file in inward outward; do
    check "$file alone is no program" says "none of this file's programs: (backtestd and responder|outbound and worker)" \
        env -i "$work/next/usr/libexec/bitstockerz/$file"
done
for command in $("$work/next/usr/bin/bitstockerz" --help | awk '/^SUBCOMMANDS:/ { on = 1; next } on && /^  [a-z]/ { print $1 }'); do
    [ "$command" = "(default)" ] || check "bitstockerz $command has a manual page" test -n "$(pages "bitstockerz-$command.1.gz")"
done
variables() { sed -n 's/^#\([A-Z_]*\)=.*/\1/p' "$1" | sort; }
shown_variables() { zcat "$work/next/usr/share/man/man5/bitstockerz.env.5.gz" | sed -n 's/^\\fB\([A-Z_]*\)\\fR=.*/\1/p' | sort; }
check "the manual page of the configuration has every variable" \
    diff <(variables "$root/systemd/bitstockerz.env.example") <(shown_variables)
check "bash completes the commands" bash -c '. "$1" && declare -F _bitstockerz >/dev/null' bash \
    "$work/next/usr/share/bash-completion/completions/bitstockerz"
check "make install takes a DESTDIR with a blank" make -s -C "$root" install DESTDIR="$work/a b"
check "and puts everything there" diff <(cd "$work/a b" && find . -type f ! -path './usr/lib/systemd/*' | sort) \
    <(cd "$work/next" && find . -type f | grep -vE '^\./(DEBIAN|(usr/)?lib/systemd|usr/share/(doc|lintian))/' |
        sed 's/\(man[15].*\)\.gz$/\1/' | sort)
rm -rf "$work/a b"
# Of which there is none here.
mkdir "$work/newer"
printf '%s\n' '#!/bin/sh' 'echo "nginx version: nginx/1.26.3" >&2' >"$work/newer/nginx"
chmod +x "$work/newer/nginx"
check "make install for an nginx that warns of http2 in its listen lines" env PATH="$work/newer:$PATH" make -s -C "$root" install DESTDIR="$work/newer/tree"
check "has it in a line of its own" diff <(grep -v '^#' "$work/newer/tree/etc/bitstockerz/nginx/listen-https.conf") \
    <(printf '%s\n' 'listen 443 ssl;' 'listen [::]:443 ssl;' 'http2 on;')
rm -rf "$work/newer"

# Those end it without the lab.
skip() {
    echo "skip the installation by a real apt: $1"
    finish_package 1
}
need_lab
# shellcheck source=lab.sh
. "$here/lab.sh"
lab_make || skip "this machine allows no overlay of its root ($lab_reason)"
rm -f "$lab_root/usr/sbin/policy-rc.d"
cp "$deb" "$lab_root/root"
chroot "$lab_root" apt-get install -s "/root/$(basename "$deb")" >/dev/null 2>&1 || skip "this machine lacks what the package depends on"
# The next release: another version of two conffiles, one of which every operator has changed, and every file of the page under
# another name.
sed -i "s/^Version: .*/Version: $version+next/" "$work/next/DEBIAN/control"
for file in nginx/conf.d/cache.conf bitstockerz.env; do echo '# next' >>"$work/next/etc/bitstockerz/$file"; done
for file in "$work"/next/usr/share/bitstockerz/web/assets/*; do mv "$file" "$(dirname "$file")/next-$(basename "$file")"; done
sed -i 's|/assets/|/assets/next-|g' "$work/next/usr/share/bitstockerz/web/index.html"
rm "$work/next/usr/share/bitstockerz/web/index.html.gz"
dpkg-deb -b -Znone --root-owner-group "$work/next" "$lab_root/root/next.deb" >/dev/null
# The checkout, for make: it may lie on a file system that the lab does not have.
mkdir -p "$lab_root/root/checkout/.build"
(cd "$root" && cp -R Makefile Sources Migrations nginx systemd "$lab_root/root/checkout" &&
    tar cf - --exclude='*.debug' .build/split .build/manual .build/web/dist) | tar xf - -C "$lab_root/root/checkout"
lab_boot || { lab_log; check "systemd boots" false; finish_package; }

apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; return 1; }; }
main_pids() { inside systemctl show -P MainPID 'bitstockerz-responder@*' bitstockerz-outbound@1 bitstockerz-backtestd bitstockerz-worker | grep .; }
runs_nothing() { ! inside pgrep -u bitstockerz >/dev/null; }
nginx_is_valid() { inside nginx -t >"$work/log" 2>&1 || { cat "$work/log"; return 1; }; }
asks() { inside curl -sk -m 10 "$@"; }
not() { ! "$@"; }
refused() { ! asks "$@" >/dev/null; }
has_database() {
    [ -n "$(inside runuser -u postgres -- psql -h /run/postgresql -XAtqd postgres -c "SELECT 1 FROM pg_database WHERE datname = 'bitstockerz'")" ]
}
# Links that lead nowhere: an image of Debian may have some.
links() { inside find -L /etc/nginx /etc/systemd -type l ! -lname /dev/null | sort; }
same_links() { [ "$(links)" = "$links" ] || { links | diff - <(echo "$links"); return 1; }; }
files() {
    inside find /etc /run /tmp /usr /var -xdev \( -path /etc/bitstockerz-test -o -path '/var/lib/bitstockerz-*' -o -path "$root" \) \
        -prune -o -name '*bitstockerz*' -print | sort
}
same_files() { [ "$(files)" = "$files" ] || { diff <(echo "$files") <(files); return 1; }; }
same_secret() { [ "$(inside sha256sum /etc/bitstockerz/server-secret)" = "$secret" ]; }
listed() { (cd "$lab_root/etc/bitstockerz" 2>/dev/null && find . -type f | sort | xargs); }

files=$(files)
links=$(links)
check "apt installs it" follow 'apt install ./bitstockerz'
check "and all of it runs, with a database" eventually active bitstockerz.target bitstockerz-migrate.service \
    bitstockerz-responder@{1,2,3,4}.service bitstockerz-outbound@{1,2}.service bitstockerz-{backtestd,worker}.service
check "which says what is left to do" grep -q 'README.md' <<<"$followed"
check "the three commands of the README are followed" follow 'PUBLIC_ORIGINS'
check "and the site is ready" eventually status /api/health/ready 200
check "with its page" status /markets/AAPL 200
check "which comes in brotli" bash -c '[[ ${1,,} == *"content-encoding: br"* ]]' bash \
    "$(asks -I -H 'Accept-Encoding: br' "https://localhost$(asks https://localhost/ | grep -o '/assets/[^"]*\.js' | head -n 1)")"
# Processes that were there before the reload may take one more.
check "other names get no page over TLS" eventually refused --resolve other.example:443:127.0.0.1 https://other.example/
check "nor does an address" eventually refused https://127.0.0.1/
check "and no welcome without" eventually refused http://127.0.0.1/
check "HSTS speaks for this host alone" bash -c '[[ ${1,,} == *"strict-transport-security: max-age="* && ${1,,} != *includesubdomains* ]]' bash \
    "$(asks -I https://localhost/)"
# Certbot and its authority cannot be asked here: a challenge is laid where certbot lays it, and a certificate.
mkdir -p "$lab_root/var/lib/bitstockerz/acme/.well-known/acme-challenge" "$lab_root/etc/letsencrypt/live/localhost"
echo proof >"$lab_root/var/lib/bitstockerz/acme/.well-known/acme-challenge/token"
check "a certificate's challenge is answered" test "$(asks http://localhost/.well-known/acme-challenge/token)" = proof
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=localhost \
    -keyout "$lab_root/etc/letsencrypt/live/localhost/privkey.pem" -out "$lab_root/etc/letsencrypt/live/localhost/fullchain.pem" 2>/dev/null
chmod 600 "$lab_root/etc/letsencrypt/live/localhost/privkey.pem"
# Else a doctor asks for prices and people.
printf '%s\n' timestamp,open,high,low,close,volume 2024-03-07,1,2,1,2,5 2024-03-08,1,2,1,2,5 >"$lab_root/root/bars.csv"
admin() { inside runuser -u bitstockerz -- bitstockerz "$@" >/dev/null; }
check "an administrator imports prices" admin import --symbol TEST --asset-type EQUITY --timeframe 1d /dev/stdin <"$lab_root/root/bars.csv"
check "the README's way to a certificate ends with a doctor who finds nothing" follow certbot '/apt install/d; /^sudo certbot/d'

# An upgrade, with one file of the operator's changed and one removed.
lab_rates
rm "$lab_root/etc/bitstockerz/nginx/other-names.conf"
inside systemctl reload nginx
secret=$(inside sha256sum /etc/bitstockerz/server-secret)
before=$(main_pids)
# As README.md says for whoever is not asked.
keeps=(-o Dpkg::Options::=--force-confold)
drill "upgrade of the package" 0 apt install "${keeps[@]}" /root/next.deb
check "the page is the new one" bash -c '[[ $1 == */assets/next-* ]]' bash "$(asks https://localhost/)"
check "it is the next release" test "$(inside dpkg-query -W -f '${Version}' bitstockerz)" = "$version+next"
check "every process was replaced" test -z "$(comm -12 <(sort <<<"$before") <(main_pids | sort))"
check "what the operator changed is as he left it" grep -q 'rate=60000r/s' "$lab_root/etc/bitstockerz/nginx/conf.d/limits.conf"
check "what he removed stays away" test ! -e "$lab_root/etc/bitstockerz/nginx/other-names.conf"
check "what he did not touch is the new one" grep -q '# next' "$lab_root/etc/bitstockerz/nginx/conf.d/cache.conf"
check "what both changed is as he left it" grep -q '^PUBLIC_ORIGINS=https://localhost' "$lab_root/etc/bitstockerz/bitstockerz.env"
check "the secret is the same" same_secret
check "and the site is ready" status /api/health/ready 200
before=$(main_pids)
drill "the package of the release before, over it" 0 apt install --allow-downgrades "${keeps[@]}" "/root/$(basename "$deb")"
check "it is the release before" test "$(inside dpkg-query -W -f '${Version}' bitstockerz)" = "$version"
check "every process was replaced again" test -z "$(comm -12 <(sort <<<"$before") <(main_pids | sort))"
check "with its page" not grep -q /assets/next- <<<"$(asks https://localhost/)"

# What an upgrade meets when it cannot go on.
reconfigure() { inside dpkg-reconfigure -f noninteractive bitstockerz >"$work/log" 2>&1; }
told() { grep -q "$1" "$work/log" || { cat "$work/log"; return 1; }; }
migration=$(find "$lab_root/usr/share/bitstockerz/Migrations" -name '*.sql' | sort | head -n 1)
cp -p "$migration" "$lab_root/root/kept.sql"
echo '-- edited' >>"$migration"
before=$(main_pids)
check "an upgrade whose migrations fail ends" not reconfigure
check "and says why" told 'was changed after it was applied'
check "and what ran before goes on" test "$(main_pids)" = "$before"
cp -p "$lab_root/root/kept.sql" "$migration"
check "mended, it goes through" reconfigure
inside systemctl stop postgresql
check "without PostgreSQL it is no fault of the package" reconfigure
check "which says what to do" told 'dpkg-reconfigure bitstockerz'
inside systemctl start postgresql
check "and the site comes back" eventually status /api/health/ready 200

check "apt removes it" apt remove bitstockerz
check "no process is left" eventually runs_nothing
check "nginx's configuration is valid" nginx_is_valid
check "it serves on" active nginx.service
check "and names nothing that is gone" test -z "$(inside find -L /etc/nginx -type l)"
check "nothing of it is left to start" test -z "$(inside systemctl list-units --plain --no-legend 'bitstockerz*')"
check "it is installed again" apt install "/root/$(basename "$deb")"
check "and says that nginx has lost its link" told 'ln -s /usr/share/bitstockerz/nginx/bitstockerz.conf'
check "a purge to which nobody says yes" apt purge bitstockerz
check "keeps the database" has_database
check "and its secret, and nothing else" test "$(listed)" = ./server-secret
check "which are found when it is installed again" apt install /root/next.deb
check "and still belong together" same_secret
inside debconf-set-selections <<<'bitstockerz bitstockerz/purge-data boolean true'
backup=$lab_root/var/lib/bitstockerz/backups/kept
mkdir -p "$(dirname "$backup")" && touch "$backup"
check "a purge to which somebody says yes" apt purge bitstockerz
check "leaves no database" not has_database
check "but the backups" test -e "$backup"
rm -r "$lab_root/var/lib/bitstockerz"
check "and no file" same_files

# A database that another server has: named by the recipe before the package is there, none is made on this host.
elsewhere() { inside runuser -u postgres -- psql -h /run/postgresql -XAtqd "${2:-elsewhere}" -c "$1"; }
recipe=/etc/systemd/system/bitstockerz-.service.d/database-tcp.conf
sed -i 's/-c listen_addresses= /-c listen_addresses=127.0.0.1 /' "$lab_root/etc/systemd/system/postgresql.service"
sed -i '1i host elsewhere elsewhere 127.0.0.1/32 scram-sha-256' "$lab_root/var/lib/bitstockerz-test/data/pg_hba.conf"
mkdir -p "$lab_root$(dirname $recipe)" "$lab_root/etc/bitstockerz"
sed 's/^IPAddressAllow=.*/IPAddressAllow=127.0.0.1/' "$root/systemd/database-tcp.conf" >"$lab_root$recipe"
(umask 077 && echo 'host=127.0.0.1 dbname=elsewhere user=elsewhere password=lab' >"$lab_root/etc/bitstockerz/database-url")
inside systemctl daemon-reload
inside systemctl restart postgresql
elsewhere "CREATE ROLE elsewhere LOGIN PASSWORD 'lab'" postgres
elsewhere 'CREATE DATABASE elsewhere OWNER elsewhere' postgres
migrations() { elsewhere 'SELECT count(*) FROM schema_migrations'; }
check "with a database elsewhere, apt installs it" apt install "/root/$(basename "$deb")"
check "and all of it runs" eventually active bitstockerz.target bitstockerz-migrate.service \
    bitstockerz-responder@{1,2,3,4}.service bitstockerz-outbound@{1,2}.service bitstockerz-{backtestd,worker}.service
check "on that database" test "$(migrations)" = "$(find "$lab_root/usr/share/bitstockerz/Migrations" -name '*.sql' | wc -l)"
before=$(main_pids)
check "an upgrade of it" apt install "${keeps[@]}" /root/next.deb
check "replaces every process" test -z "$(comm -12 <(sort <<<"$before") <(main_pids | sort))"
check "and no database is made here" not has_database
inside debconf-set-selections <<<'bitstockerz bitstockerz/purge-data boolean true'
check "nor is it taken away by a purge" apt purge bitstockerz
check "with all that it has" test "$(migrations)" -gt 0
rm -r "$lab_root$(dirname $recipe)" "$lab_root"/etc/bitstockerz/database-url
rmdir "$lab_root/etc/bitstockerz" 2>/dev/null
inside systemctl daemon-reload
check "nor does it leave a file" same_files

check "make install" inside make -s -C /root/checkout install
check "and the README's commands after it" follow 'make && sudo make install' 's/^make; sudo make install.*/make -s -C checkout install/'
check "which says what comes next" grep -q '^Installed. Next: ' <<<"$followed"
check "with the three" follow PUBLIC_ORIGINS
check "give a site as well" eventually status /api/health/ready 200
check "make uninstall" inside make -s -C /root/checkout uninstall
check "leaves a valid nginx" nginx_is_valid
check "that serves on" active nginx.service
check "no process" eventually runs_nothing
check "no enabled unit" test -z "$(inside systemctl list-unit-files --no-legend 'bitstockerz*')"
check "and no dangling link" same_links
check "no unit has failed" test -z "$(inside systemctl list-units --failed --plain --no-legend)"
[ "$failed" = 0 ] || lab_log
finish_package
