# Sourced by run.sh, hosts.sh and package.sh: a real systemd, as PID 1 of its own namespaces, on a throw-away overlay of this machine's root.
# shellcheck shell=bash

lab_reason=
lab_pid=
lab_work=
lab_group=

# usage: lab_make [TREE]     lays TREE over the root, with PostgreSQL and nginx set up for it; without one they know nothing of it
lab_make() {
    local tree=${1:-}
    lab_work=$(mktemp -d "${TMPDIR:-/tmp}/bitstockerz-lab.XXXXXX")
    mount -t tmpfs -o mode=755 tmpfs "$lab_work" 2>/dev/null || { lab_reason="no tmpfs may be mounted"; return 1; }
    mkdir "$lab_work/upper" "$lab_work/overlay" "$lab_work/root"
    lab_root=$lab_work/root
    mount -t overlay overlay -o "lowerdir=/,upperdir=$lab_work/upper,workdir=$lab_work/overlay" "$lab_root" 2>/dev/null ||
        { lab_reason="no overlay may be mounted"; return 1; }
    # Only what this test starts.
    find "$lab_root"/{etc,lib}/systemd/system -path '*.wants/*' -type l \
        \( -path '*multi-user*' -o -path '*timers*' -o -path '*graphical*' \) -delete
    : >"$lab_root/etc/machine-id"
    [ -z "$tree" ] || lab_tree || return 1
    lab_postgres && lab_nginx || { lab_reason="PostgreSQL or nginx is not installed"; return 1; }
    mkdir -p "$lab_root/etc/bitstockerz-test"
    cp "$here/load.py" "$lab_root/etc/bitstockerz-test"
    systemctl --root="$lab_root" set-default multi-user.target >/dev/null 2>&1
    systemctl --root="$lab_root" enable postgresql.service nginx.service >/dev/null 2>&1
}

lab_tree() {
    cp -a "$tree/usr/." "$lab_root/usr"
    mkdir -p "$lab_root/etc/bitstockerz" "$lab_root/etc/nginx"
    cp -a "$tree/etc/." "$lab_root/etc"
    (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$lab_root/etc/bitstockerz/server-secret")
    echo 'PUBLIC_ORIGINS=https://localhost' >>"$lab_root/etc/bitstockerz/bitstockerz.env"
    chmod 600 "$lab_root/etc/bitstockerz/bitstockerz.env"
    systemctl --root="$lab_root" enable bitstockerz.target bitstockerz-{responder,outbound,backtestd}.socket >/dev/null 2>&1
}

# A cluster as createcluster would make it: peer authentication on the local socket. For a tree the role is made by its first
# start.
lab_postgres() {
    local programs role=
    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$programs" ] || return 1
    # Debian starts the machine's own clusters by a generator.
    mkdir -p "$lab_root/etc/systemd/system-generators"
    ln -s /dev/null "$lab_root/etc/systemd/system-generators/postgresql-generator"
    mkdir -p "$lab_root/var/lib/bitstockerz-test"
    chown postgres "$lab_root/var/lib/bitstockerz-test"
    [ -z "$tree" ] ||
        role="$programs/createuser -h /run/postgresql bitstockerz; $programs/createdb -h /run/postgresql -O bitstockerz bitstockerz;"
    cat >"$lab_root/etc/systemd/system/postgresql.service" <<UNIT
[Unit]
Description=PostgreSQL for the test of BitStockerz
[Service]
Type=notify
User=postgres
RuntimeDirectory=postgresql
RuntimeDirectoryPreserve=yes
ExecStartPre=/bin/sh -c 'test -e /var/lib/bitstockerz-test/data/PG_VERSION || $programs/initdb -D /var/lib/bitstockerz-test/data -E UTF8 --locale=C.UTF-8 --auth=peer --no-sync'
ExecStart=$programs/postgres -D /var/lib/bitstockerz-test/data -k /run/postgresql -c listen_addresses= -c fsync=on
ExecReload=/bin/kill -HUP \$MAINPID
# At once, and by its first process, as Debian's pg_ctlcluster does.
KillMode=mixed
KillSignal=SIGINT
ExecStartPost=/bin/sh -c '$role exec $programs/psql -h /run/postgresql -qd postgres -c "SELECT 1"'
[Install]
WantedBy=multi-user.target
UNIT
}

# Debian's nginx as it comes; for a tree with the production site and a certificate of our own.
lab_nginx() {
    local etc=$lab_root/etc
    [ -e "$lab_root/lib/systemd/system/nginx.service" ] && [ -d "$etc/nginx/sites-enabled" ] || return 1
    rm -f "$etc/nginx/sites-enabled/"*
    # Images of Debian leave it out, for every machine to have its own.
    [ -e "$etc/ssl/certs/ssl-cert-snakeoil.pem" ] || chroot "$lab_root" make-ssl-cert generate-default-snakeoil
    [ ! -e "$etc/nginx/sites-available/default" ] || ln -s ../sites-available/default "$etc/nginx/sites-enabled/default"
    mkdir -p "$etc/systemd/system/nginx.service.d"
    # The site's cache folder is tmpfiles' work.
    printf '[Unit]\nAfter=systemd-tmpfiles-setup.service\n' >"$etc/systemd/system/nginx.service.d/test.conf"
    [ -n "$tree" ] || return 0
    ln -s /usr/share/bitstockerz/nginx/bitstockerz.conf "$etc/nginx/sites-enabled/bitstockerz.conf"
    cp "$lab_root/usr/share/bitstockerz/nginx/metrics.conf.example" "$etc/nginx/sites-enabled/bitstockerz-metrics.conf"
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=localhost \
        -keyout "$etc/bitstockerz/key.pem" -out "$etc/bitstockerz/certificate.pem" 2>/dev/null || return 1
    printf '%s\n' 'server_name localhost;' 'ssl_certificate /etc/bitstockerz/certificate.pem;' \
        'ssl_certificate_key /etc/bitstockerz/key.pem;' >"$etc/bitstockerz/nginx/site.conf"
    lab_rates
}

# The load of these tests comes from one address.
lab_rates() {
    sed -i 's/rate=600r\/m/rate=60000r\/s/; s/rate=100r\/s/rate=60000r\/s/' "$lab_root/etc/bitstockerz/nginx/conf.d/limits.conf"
}

lab_verify() {
    local found
    found=$(chroot "$lab_root" systemd-analyze verify --recursive-errors=yes bitstockerz.target \
        bitstockerz-{responder,outbound,backtestd,metrics}.socket bitstockerz-{responder@1,outbound@1,backtestd,worker,migrate,maintenance,ingest,backup,backup-verify,pgbackrest,metrics@1,failure@x}.service bitstockerz-{maintenance,ingest,backup,backup-verify,pgbackrest}.timer 2>&1 | grep -i bitstockerz)
    [ -z "$found" ] || { echo "$found"; return 1; }
}

# usage: lab_boot [PID]     in the network of process PID, if one is given
lab_boot() {
    local unified net=(unshare --net)
    [ -z "${1:-}" ] || net=(nsenter --net --target "$1")
    if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
        unified=/sys/fs/cgroup
    elif [ -d /sys/fs/cgroup/unified ]; then
        unified=/sys/fs/cgroup/unified
    else
        unified=$lab_work/cgroup
        mkdir -p "$unified"
        mountpoint -q "$unified" || mount -t cgroup2 none "$unified" || return 1
    fi
    lab_group=$unified/$(basename "$lab_work")
    mkdir "$lab_group" || return 1
    ROOT=$lab_root GROUP=$lab_group setsid "${net[@]}" unshare --pid --mount --uts --ipc --fork --kill-child=SIGKILL --propagation private \
        bash -c 'echo 0 >"$GROUP/cgroup.procs" && exec unshare --cgroup bash "$0"' "$here/init.sh" >>"$lab_work/console" 2>&1 &
    lab_outer=$!
    local state='' end=$((SECONDS + 90))
    while [ $SECONDS -lt $end ]; do
        lab_pid=$(pgrep -P "$lab_outer" | head -n 1)
        [ -z "$lab_pid" ] || state=$(nsenter -t "$lab_pid" -p -m -u -i -n -C systemctl is-system-running 2>/dev/null)
        case $state in running | degraded) return 0 ;; esac
        kill -0 "$lab_outer" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# Systemd ends by itself, and with it the namespaces. What it says last is kept for lab_log.
lab_power_off() {
    local end=$((SECONDS + 15))
    nsenter -t "$lab_pid" -p -m -u -i -n -C journalctl --namespace=+bitstockerz --no-pager -b -n 150 >"$lab_work/journal" 2>/dev/null
    nsenter -t "$lab_pid" -p -m -u -i -n -C systemctl --no-block poweroff
    while kill -0 "$lab_pid" 2>/dev/null; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
    lab_is_off
}

lab_is_off() {
    wait "$lab_outer" 2>/dev/null
    find "$lab_group" -depth -type d -exec rmdir {} + 2>/dev/null
    return 0
}

# What happened inside, for a failed test.
lab_log() {
    nsenter -t "$lab_pid" -p -m -u -i -n -C journalctl --namespace=+bitstockerz --no-pager -b -n 150 2>/dev/null || cat "$lab_work/journal" 2>/dev/null
    tail -n 40 "$lab_work/console"
}

# As when the power fails: every process is gone at once, in the middle of what it does, and /run with them.
lab_cut_power() {
    kill -KILL "$lab_pid"
    lab_is_off
}

lab_end() {
    if [ -n "$lab_pid" ] && kill -0 "$lab_pid" 2>/dev/null; then
        lab_cut_power
    elif [ -n "$lab_group" ]; then
        lab_is_off
    fi
    [ -n "$lab_work" ] || return
    umount "$lab_work/cgroup" 2>/dev/null
    umount -l "$lab_work/root" 2>/dev/null
    umount -l "$lab_work" 2>/dev/null
    rmdir "$lab_work"
}
