# Sourced by run.sh: PgBouncer before the host's own database, by README.md's recipe.
# shellcheck shell=bash

: "${kept:?}" "${back:?}" "${lab_root:?}"
if ! [ -e "$lab_root/usr/sbin/pgbouncer" ]; then
    echo "skip PgBouncer, which is not installed"
else
    data=/var/lib/bitstockerz-test/data
    inside_sh "$kept; cp -p $data/pg_hba.conf $data/pg_ident.conf /root"
    check "the README's way to a pooler can be gone" follow 'apt install pgbouncer' "/apt install/d; s|/etc/postgresql/15/main|$data|"
    check "with it the host is ready" eventually status /api/health/ready 200
    check_health "and doctor finds nothing"
    check "requests are answered" status /api/symbols/TEST 200
    let_in() { [ "$(inside journalctl -u pgbouncer -o cat --no-pager | grep -c 'login attempt: db=bitstockerz user=bitstockerz')" -ge 6 ]; }
    check "by way of the pooler, which lets in all of both pools" eventually let_in
    check "nobody else is let in as them" refused inside runuser -u nobody -- psql -h /run/postgresql -p 6432 -U bitstockerz -d bitstockerz -c 'SELECT 1'
    check "the README's way to bind it to its server can be gone" follow BindsTo 's/postgresql@15-main/postgresql/g'
    inside systemctl stop postgresql
    ended() { [ "$(inside systemctl is-active pgbouncer)" = inactive ]; }
    check "then it ends with that" eventually ended
    inside systemctl start postgresql
    check "and starts with it" eventually active pgbouncer
    check "and the host is ready again" eventually status /api/health/ready 200
    inside_sh "rm -r /etc/systemd/system/pgbouncer.service.d; systemctl daemon-reload; systemctl reenable -q pgbouncer"
    inside_sh "$back; cp -p /root/pg_hba.conf /root/pg_ident.conf $data; systemctl stop pgbouncer; systemctl reload postgresql; systemctl restart bitstockerz.target"
    check "without it the host is as it was" eventually status /api/health/ready 200
    check_health "for doctor, too"
fi
