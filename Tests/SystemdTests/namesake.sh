#!/usr/bin/env bash
# Takes the name of this host's backtest daemon, as the daemon of another host with the same host name would. The number is
# that of the daemons' locks (Queue, lockSpace).
set -eu

{
    echo "SELECT pg_advisory_lock(1785684595, hashtext('$(hostname)'));"
    sleep 600
} | PGAPPNAME='backtestd keeper' psql -h /run/postgresql -qXd bitstockerz
