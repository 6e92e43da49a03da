#!/usr/bin/env bash
# Installs what is missing, prepares the demo database when its ingredients have changed, serves it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

port=${PORT:-8000}
database=var/demo.sqlite3
stamp=var/demo.version
export DJANGO_SETTINGS_MODULE=ctai.settings.demo
unset DATABASE_URL REDIS_URL

scripts/bootstrap.sh demo
export PATH="$PWD/.venv/bin:$PATH"

if ! python -c 'import socket, sys; socket.create_server(("127.0.0.1", int(sys.argv[1]))).close()' "$port" 2>/dev/null; then
    echo "Le port $port est déjà pris. Choisissez-en un autre : make demo PORT=8010" >&2
    exit 1
fi

# What the content of the demo database is made of.
ingredients() {
    find . \( -name .venv -o -name var -o -name .git -o -name tests \) -prune -o -type f \
        \( -path '*/migrations/*.py' -o -path './data/*' -o -path '*/import*.py' -o -path '*demo*.py' \) -print | LC_ALL=C sort
}
mkdir -p var/static  # whitenoise warns of a folder that is not there
version=$(ingredients | tr '\n' '\0' | xargs -0 cat | cksum)

if [[ ! -f $database || ! -f $stamp || $(<"$stamp") != "$version" ]]; then
    if [[ -f $database && -f $stamp ]]; then
        echo "• Base de démonstration d'une autre version : mise de côté dans $database.previous"
        python -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)")' "$database" ||
            true  # a damaged database is put aside as it is
        mv -f "$database" "$database.previous"
    fi
    rm -f "$stamp" "$database" "$database-wal" "$database-shm"
    echo "• Base de démonstration"
    python manage.py migrate --verbosity 0
    python manage.py import_territories
    python manage.py load_demo
    echo "$version" >"$stamp"
fi

cat <<MESSAGE

  Portail des CTAI, démonstration (montants fictifs) : http://127.0.0.1:$port

  Comptes, mot de passe « demo-ctai-2026 » :
    agent@poitiers.demo            collectivité, agent
    maire@poitiers.demo            collectivité, signataire
    agent@vienne.pref.demo         préfecture de la Vienne, instruction
    prefet@vienne.pref.demo        préfecture de la Vienne, signataire
    agent@gironde.pref.demo        préfecture de la Gironde, instruction
    sgar@nouvelle-aquitaine.demo   coordination régionale
    diair@national.demo            lecture nationale
    dgef@national.demo             pilotage national
    support@national.demo          assistance

  Ctrl+C pour arrêter.

MESSAGE
exec gunicorn ctai.wsgi --bind "127.0.0.1:$port" --workers 1 --worker-class gthread --threads 8 --log-level warning \
    --no-control-socket
