# Sourced by run.sh: doctor on a host that is as it should be, and on one with each fault it knows. Each is made, found with
# the sentence that mends it, and taken back.
# shellcheck shell=bash

lab_file() { echo "$lab_root$1"; }
inside_sh() { inside bash -c "$1"; }
doctor() { inside bitstockerz doctor --json; }
# usage: fault STATE NAME DETAIL REMEDY MAKE UNDO     DETAIL and REMEDY: parts of what doctor says, as regular expressions
fault() {
    local found status
    inside_sh "$5"
    found=$(doctor)
    status=$?
    check "doctor finds: $3" python3 - "$found" "$status" "$1" "$2" "$3" "$4" <<'PYTHON'
import json, re, sys

text, status, state, name, detail, remedy = sys.argv[1:]
findings = json.loads(text)
worst = max(["fine", "warning", "wrong"].index(finding["state"]) for finding in findings)
hits = [finding for finding in findings if (finding["state"], finding["name"]) == (state, name)
        and re.search(detail, finding["detail"]) and re.search(remedy, finding["remedy"])]
if not hits or int(status) != worst:
    print(f"     it ended with {status} and said")
    for finding in findings:
        if finding["state"] != "fine":
            print(f"     {finding}")
    sys.exit(1)
PYTHON
    inside_sh "$6"
}
healthy() { doctor >/dev/null; }
# usage: check_health SENTENCE     daemons that were stopped take a moment to be back
check_health() {
    eventually healthy || doctor | grep -o '{[^}]*"state":"w[^}]*}' | sed 's/^/     /'
    check "$1" healthy
}
variables=/etc/bitstockerz/bitstockerz.env
kept="cp -p $variables /root/kept.env"
back="cp -p /root/kept.env $variables"
set_variable() { echo "$kept && echo '$1' >>$variables"; }

printf '%s\n' timestamp,open,high,low,close,volume 2024-03-07,1,2,1,2,5 2024-03-08,1,2,1,2,5 >"$lab_root/root/bars.csv"
inside_sh 'runuser -u bitstockerz -- bitstockerz import --symbol TEST --asset-type EQUITY --timeframe 1d /dev/stdin </root/bars.csv >/dev/null'
inside_sh 'runuser -u bitstockerz -- bitstockerz user create --email ada@example.org --display-name Ada >/dev/null'
check_health "doctor finds nothing on a host that is as it should be"

fault wrong database 'not reachable' 'systemctl start postgresql' 'systemctl stop postgresql' 'systemctl start postgresql'
cp "$here/old_server.py" "$lab_root/etc/bitstockerz-test"
fault wrong database 'PostgreSQL 14 is too old' 'pg_upgradecluster' \
    "systemd-run -q --unit=old-server python3 /etc/bitstockerz-test/old_server.py /run/old && until [ -S /run/old/.s.PGSQL.5432 ]; do sleep 0.05; done; $(set_variable 'DATABASE_URL=host=/run/old dbname=bitstockerz')" \
    "systemctl stop old-server; $back"
psql="runuser -u postgres -- psql -h /run/postgresql -qXd"
fault wrong database 'database "nobody" does not exist' 'createuser bitstockerz' "$(set_variable DATABASE_URL=dbname=nobody)" "$back"
fault wrong encoding 'SQL_ASCII' 'createdb -T template0 -E UTF8' \
    "$psql postgres -c \"CREATE DATABASE ascii OWNER bitstockerz TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'\"; $(set_variable DATABASE_URL=dbname=ascii)" \
    "$back; $psql postgres -c 'DROP DATABASE ascii'"
fault wrong clock 'clock is [45]\.[0-9] s ahead' 'timedatectl set-ntp' \
    "$psql bitstockerz -c 'CREATE SCHEMA fast; GRANT USAGE ON SCHEMA fast TO PUBLIC; CREATE FUNCTION fast.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS \$\$SELECT pg_catalog.clock_timestamp() + make_interval(secs => 5)\$\$; ALTER ROLE bitstockerz SET search_path = fast, pg_catalog, public'" \
    "$psql bitstockerz -c 'ALTER ROLE bitstockerz RESET search_path; DROP SCHEMA fast CASCADE'"
fault wrong 'time zones' 'no time zone data' 'tzdata' 'mv /usr/share/zoneinfo /usr/share/zoneinfo.kept' 'mv /usr/share/zoneinfo.kept /usr/share/zoneinfo'
fault warning durability 'fsync or synchronous_commit is off' 'postgresql.conf' \
    "$psql postgres -c 'ALTER ROLE bitstockerz SET synchronous_commit = off'" "$psql postgres -c 'ALTER ROLE bitstockerz RESET synchronous_commit'"
fault wrong schema 'V9998__next.sql' 'systemctl restart bitstockerz-migrate' \
    'echo "CREATE TABLE x (y int)" >/usr/share/bitstockerz/Migrations/V9998__next.sql' 'rm /usr/share/bitstockerz/Migrations/V9998__next.sql'
fault wrong 'audit trail' 'changed' 'audit verify' \
    "$psql bitstockerz -c 'ALTER TABLE audit_events DISABLE TRIGGER USER; CREATE TABLE kept AS SELECT id, event_type FROM audit_events ORDER BY id LIMIT 1; UPDATE audit_events SET event_type = event_type || \$\$x\$\$ WHERE id IN (SELECT id FROM kept)'" \
    "$psql bitstockerz -c 'UPDATE audit_events SET event_type = kept.event_type FROM kept WHERE audit_events.id = kept.id; DROP TABLE kept; ALTER TABLE audit_events ENABLE TRIGGER USER'"
secret=/etc/bitstockerz/server-secret
fault wrong secret 'signed with this host.s secret' 'copy .*server-secret from the host' \
    "cp -p $secret /root/kept.secret && tr 0-9a-f 1-9a-f0 </root/kept.secret >$secret" "cp -p /root/kept.secret $secret"
fault wrong configuration 'SERVER_SECRET is needed' 'openssl rand -hex 32|sudoedit' "mv $secret /root/kept.secret" "mv /root/kept.secret $secret"
fault wrong worker 'nobody does jobs' 'restart bitstockerz-worker' 'systemctl stop bitstockerz-worker' 'systemctl start bitstockerz-worker'
# Another host of the same name, whose daemon was here first.
cp "$here/namesake.sh" "$lab_root/etc/bitstockerz-test"
until_keepers() { echo "until $psql bitstockerz -Atc \"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'backtestd keeper'\" | grep -qx $1; do sleep 0.05; done"; }
namesake="systemctl stop bitstockerz-backtestd; systemd-run -q --unit=namesake --uid=bitstockerz /etc/bitstockerz-test/namesake.sh; $(until_keepers 1); systemctl start bitstockerz-backtestd; $(until_keepers 2)"
no_namesake='systemctl stop namesake'
fault wrong backtestd '2 of them are there, and for want of a name only 1' 'BACKTESTD_NAME' "$namesake" "$no_namesake"
fault wrong responders 'backtest_daemon \(another daemon has the name' 'journalctl' "$namesake" "$no_namesake"

fault warning configuration 'RESPONDRES in .* is read by nobody' 'write RESPONDERS' "$(set_variable RESPONDRES=4)" "$back"
fault warning configuration 'COLOUR in .* is read by nobody' 'remove it' "$(set_variable COLOUR=red)" "$back"
fault warning configuration 'line [0-9]+ of .* is no NAME=VALUE' 'sudoedit' "$(set_variable 'export RESPONDERS=4')" "$back"
fault wrong configuration 'REQUEST_TIMEOUT_MS must be a whole number' 'sudoedit' "$(set_variable REQUEST_TIMEOUT_MS=soon)" "$back"
fault warning sign-in 'nobody can sign in' 'PUBLIC_ORIGINS' "$(set_variable PUBLIC_ORIGINS=)" "$back"
fault warning units '4 responders are active, and RESPONDERS says 6' 'enable --now' "$(set_variable RESPONDERS=6)" "$back"

fault wrong units 'bitstockerz-worker.service has failed with exit status 1' 'journalctl .* -u bitstockerz-worker.service' \
    'mkdir -p /run/systemd/system/bitstockerz-worker.service.d && printf "[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n" >/run/systemd/system/bitstockerz-worker.service.d/x.conf && systemctl daemon-reload; systemctl restart bitstockerz-worker; sleep 0.3' \
    'rm -r /run/systemd/system/bitstockerz-worker.service.d; systemctl daemon-reload; systemctl reset-failed bitstockerz-worker; systemctl start bitstockerz-worker'
fault wrong units 'bitstockerz-maintenance.timer does not run' 'systemctl start bitstockerz-maintenance.timer' \
    'systemctl stop bitstockerz-maintenance.timer' 'systemctl start bitstockerz-maintenance.timer'
fault wrong units 'bitstockerz-ingest.timer does not run' 'systemctl start bitstockerz-ingest.timer' \
    'systemctl stop bitstockerz-ingest.timer' 'systemctl start bitstockerz-ingest.timer'
fault warning units 'bitstockerz-backup.timer does not run, and here is a key' 'systemctl enable --now bitstockerz-backup.timer' \
    'systemctl stop bitstockerz-backup.timer' 'systemctl start bitstockerz-backup.timer'
fault wrong units 'bitstockerz-backup-verify.service has failed' 'journalctl .* -u bitstockerz-backup-verify.service' \
    'rm -r /var/lib/bitstockerz/backups; systemctl start bitstockerz-backup-verify' \
    'systemctl reset-failed bitstockerz-backup-verify; systemctl start bitstockerz-backup'
fault wrong units 'bitstockerz-pgbackrest.service has failed' 'journalctl .* -u bitstockerz-pgbackrest.service' \
    'systemctl start bitstockerz-pgbackrest' 'systemctl reset-failed bitstockerz-pgbackrest'
fault wrong units 'no outbound runs' 'systemctl start bitstockerz-outbound@1' \
    'systemctl stop bitstockerz-outbound@1 bitstockerz-outbound@2' 'systemctl start bitstockerz-outbound@1 bitstockerz-outbound@2'
fault warning units 'bitstockerz.target does not start with the host' 'systemctl enable' \
    'systemctl disable -q bitstockerz.target' 'systemctl enable -q bitstockerz.target'
fault wrong units 'bitstockerz-backtestd.socket does not run' 'systemctl start' \
    'systemctl stop bitstockerz-backtestd.socket' 'systemctl start bitstockerz-backtestd.socket bitstockerz-backtestd'
fault wrong units 'bitstockerz-metrics.socket does not run' 'systemctl start' \
    'systemctl stop bitstockerz-metrics.socket' 'systemctl start bitstockerz-metrics.socket'
fault wrong files 'responder.sock is not there' 'systemctl restart bitstockerz-responder.socket' \
    'mv /run/bitstockerz/responder.sock /run/bitstockerz/x' 'mv /run/bitstockerz/x /run/bitstockerz/responder.sock'
fault wrong responders 'nobody answers' "journalctl .* -u 'bitstockerz-responder" \
    'systemctl stop bitstockerz-responder.socket' 'systemctl start bitstockerz-responder.socket bitstockerz-responder@{1,2,3,4}'

while read -r path bad good; do
    fault wrong files "$path is $bad" "chmod" "chmod $bad $path" "chmod $good $path"
done <<'MODES'
/etc/bitstockerz/server-secret 0644 0640
/etc/bitstockerz/backup-key 0644 0640
/etc/bitstockerz/bitstockerz.env 0644 0600
/etc/bitstockerz/key.pem 0644 0600
/run/bitstockerz/responder.sock 0666 0660
/run/bitstockerz/metrics.sock 0666 0660
/var/log/nginx/bitstockerz.log 0644 0640
/run/bitstockerz 0777 0755
MODES
fault wrong files 'server-secret is .* root:root' 'chown root:bitstockerz' "chown root:root $secret" "chown root:bitstockerz $secret"
fault wrong files 'server-secret cannot be read by bitstockerz' 'chown root:bitstockerz' "chmod 0600 $secret" "chmod 0640 $secret"
fault wrong files 'metrics-token cannot be read by bitstockerz' 'chown root:bitstockerz' \
    "openssl rand -hex 32 >/root/metrics-token; $(set_variable METRICS_TOKEN_FILE=/root/metrics-token); chmod 0600 /root/metrics-token" \
    "$back; rm /root/metrics-token"
fault wrong files 'metrics-token is a secret, and everybody may read it' 'chmod o-rwx' \
    "openssl rand -hex 32 >/etc/bitstockerz/metrics-token; $(set_variable METRICS_TOKEN_FILE=/etc/bitstockerz/metrics-token); chmod 0644 /etc/bitstockerz/metrics-token" \
    "$back; rm /etc/bitstockerz/metrics-token"
fault wrong files 'backtestd.sock is .* root:' 'chown bitstockerz' 'chown root /run/bitstockerz/backtestd.sock' 'chown bitstockerz /run/bitstockerz/backtestd.sock'

site=/etc/nginx/sites-enabled/bitstockerz.conf
fault wrong nginx 'does not have the site' 'ln -s .*sites-enabled' "mv $site /root/site" "mv /root/site $site"
fault wrong nginx 'asks unix:/run/elsewhere.sock, and the responders are at' 'name that socket' \
    "cp -P $site /root/site && rm $site && sed 's|/run/bitstockerz/responder.sock|/run/elsewhere.sock|' /usr/share/bitstockerz/nginx/bitstockerz.conf >$site" \
    "rm $site && mv /root/site $site"
fault wrong nginx 'asks unix:/run/elsewhere.sock, and the outbound processes are at' 'name that socket' \
    "cp -P $site /root/site && rm $site && sed 's|/run/bitstockerz/outbound.sock|/run/elsewhere.sock|' /usr/share/bitstockerz/nginx/bitstockerz.conf >$site" \
    "rm $site && mv /root/site $site"
fault wrong nginx 'does not take its configuration: \[emerg\]' 'nginx -t' 'echo nonsense >/etc/nginx/conf.d/x.conf' 'rm /etc/nginx/conf.d/x.conf'
fault wrong nginx 'server_name is elsewhere, and PUBLIC_ORIGINS has localhost' 'make the two agree' \
    'sed -i.kept "s/server_name localhost/server_name elsewhere/" /etc/bitstockerz/nginx/site.conf' 'mv /etc/bitstockerz/nginx/site.conf.kept /etc/bitstockerz/nginx/site.conf'
fault wrong nginx 'nobody listens on port 443' 'systemctl restart nginx' 'systemctl stop nginx' 'systemctl start nginx'
# Another port is the operator's own choice.
inside_sh "sed -i.kept 's/443/8443/' /etc/bitstockerz/nginx/listen-https.conf && systemctl reload nginx"
check_health "doctor finds nothing at another port"
fault wrong nginx 'plain HTTP is sent on to port 443, and PUBLIC_ORIGINS has 8443' 'set .bitstockerz_https_port :8443; in /etc/bitstockerz/nginx/listen-http.conf' \
    "$(set_variable PUBLIC_ORIGINS=https://localhost:8443)" true
inside_sh "cp -p /etc/bitstockerz/nginx/listen-http.conf /root && sed -i 's/^#set/set/' /etc/bitstockerz/nginx/listen-http.conf && systemctl reload nginx"
sent_on() { inside curl -s -m 10 -o /dev/null -w '%{redirect_url}' "http://localhost$1" | grep -qx "https://localhost:8443$1"; }
check "which plain HTTP is sent on to as soon as nginx is told" eventually sent_on /markets/AAPL
check_health "and then doctor finds nothing, with that port in PUBLIC_ORIGINS as well"
inside_sh "$back; mv /root/listen-http.conf /etc/bitstockerz/nginx; systemctl reload nginx"
inside_sh "mv /etc/bitstockerz/nginx/listen-https.conf.kept /etc/bitstockerz/nginx/listen-https.conf && systemctl reload nginx"
fault wrong nginx 'port 443 is taken by python3 \(process [0-9]+\)' 'stop that' \
    'systemctl stop nginx; systemd-run -q --unit=taker python3 -m http.server 443; until ss -tln 2>/dev/null | grep -q :443 || grep -q ":01BB .* 0A" /proc/net/tcp; do sleep 0.05; done' \
    'systemctl stop taker; systemctl start nginx'
fault wrong site 'nobody answers|no readiness' 'reload nginx' 'systemctl stop bitstockerz-responder.socket' \
    'systemctl start bitstockerz-responder.socket bitstockerz-responder@{1,2,3,4}'
certificate() { # DAYS HOST
    echo "cp -p /etc/bitstockerz/certificate.pem /etc/bitstockerz/key.pem /root; openssl req -x509 -newkey rsa:2048 -nodes -days $1 -subj /CN=$2 -keyout /etc/bitstockerz/key.pem -out /etc/bitstockerz/certificate.pem 2>/dev/null"
}
# One of another time is made by an authority, which openssl is as well.
ended_certificate() {
    cat <<'COMMANDS'
cp -p /etc/bitstockerz/certificate.pem /etc/bitstockerz/key.pem /root; mkdir /run/authority; cd /run/authority; : >index
printf "%s\n" "[ca]" default_ca=own "[own]" database=index new_certs_dir=. rand_serial=yes policy=any default_md=sha256 "[any]" commonName=supplied >settings
openssl req -new -key /etc/bitstockerz/key.pem -subj /CN=localhost -out request 2>/dev/null
openssl ca -batch -notext -selfsign -config settings -keyfile /etc/bitstockerz/key.pem -in request -out /etc/bitstockerz/certificate.pem \
    -startdate 20200101000000Z -enddate 20210101000000Z 2>/dev/null
COMMANDS
}
old_certificate='mv /root/certificate.pem /root/key.pem /etc/bitstockerz'
fault wrong certificate 'ends in 1[23] days' 'certbot renew' "$(certificate 13 localhost)" "$old_certificate"
fault wrong certificate 'has ended' 'certbot renew' "$(ended_certificate)" "$old_certificate; rm -r /run/authority"
fault wrong certificate 'is not for localhost' 'bring one' "$(certificate 90 elsewhere)" "$old_certificate"
fault wrong page '/assets/.* is missing' 'make install' 'mv /usr/share/bitstockerz/web/assets /root/assets' 'mv /root/assets /usr/share/bitstockerz/web/assets'
fault wrong disk '% of the space' 'make room' \
    'mount -t tmpfs -o size=64m tmpfs /var/cache/nginx && fallocate -l 62m /var/cache/nginx/full' 'umount /var/cache/nginx'
fault wrong disk 'is free on /var/lib/bitstockerz/backups' 'make room' \
    'mkdir -p /var/lib/bitstockerz/backups && mount -t tmpfs -o size=64m tmpfs /var/lib/bitstockerz/backups && fallocate -l 62m /var/lib/bitstockerz/backups/full' \
    'umount /var/lib/bitstockerz/backups'
fault wrong 'database volume' 'is free where the database is' 'make room' \
    'systemctl stop postgresql; cd /var/lib/bitstockerz-test && mv data kept && mkdir -m 700 data && mount -t tmpfs -o size=160m tmpfs data && cp -a kept/. data && chown postgres data && chmod 700 data; systemctl start postgresql' \
    'systemctl stop postgresql; cd /var/lib/bitstockerz-test && umount data && rmdir data && mv kept data; systemctl start postgresql'

inside systemctl reset-failed
check_health "and finds nothing when all is mended"
check "who is not root is told what was not looked at" bash -c '[[ $1 == *"run sudo bitstockerz doctor"* ]]' bash \
    "$(inside runuser -u bitstockerz -- bitstockerz doctor)"
