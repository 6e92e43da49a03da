#!/usr/bin/env bash
# Runs a command beside an empty PostgreSQL and Redis that live as long as it does:
#     scripts/with_services.sh .venv/bin/pytest tests/contracts
# Both listen on a Unix socket in a temporary folder, never on a port. Exports DATABASE_URL and TEST_REDIS_URL.
set -euo pipefail

folder=$(mktemp -d /tmp/ctai-services-XXXXXX)
database_folder=$folder/postgresql
redis_pid=""
mkdir "$database_folder"
chmod 755 "$folder"

postgresql_tool() {
    local found
    if found=$(command -v "$1"); then
        echo "$found"
        return
    fi
    # The highest version that Debian or Homebrew installed.
    printf '%s\n' /usr/lib/postgresql/*/bin/"$1" /opt/homebrew/opt/postgresql*/bin/"$1" |
        sort -V | while read -r found; do [[ -x $found ]] && echo "$found"; done | tail -n 1
}
# PostgreSQL refuses to run as root: it then runs as its own user.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$folder" "$@"
    else
        "$@"
    fi
}
stop() {
    as_postgres "$(postgresql_tool pg_ctl)" -D "$database_folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    if [[ -n $redis_pid ]]; then
        kill "$redis_pid" 2>/dev/null || true
        wait "$redis_pid" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[[ $(id -u) -eq 0 ]] && chown postgres: "$database_folder"
cd /
as_postgres "$(postgresql_tool initdb)" --pgdata="$database_folder/data" --username=ctai --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
as_postgres "$(postgresql_tool pg_ctl)" -D "$database_folder/data" -w -l "$database_folder/log" \
    -o "-k $database_folder -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c max_connections=60 -c jit=off -c timezone=UTC" start >/dev/null || { cat "$database_folder/log" >&2; exit 1; }
as_postgres "$(postgresql_tool createdb)" -h "$database_folder" -U ctai ctai
cd "$OLDPWD"

redis-server --port 0 --unixsocket "$folder/redis.sock" --save "" --appendonly no --dir "$folder" \
    --daemonize no --loglevel warning >"$folder/redis.log" 2>&1 &
redis_pid=$!

export DATABASE_URL="postgres://ctai@/ctai?host=$database_folder"
export TEST_REDIS_URL="redis+socket://$folder/redis.sock"
"$@"
