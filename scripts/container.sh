#!/usr/bin/env bash
# What a container of the image runs: web (default), worker, beat, migrate, or any manage.py command.
set -euo pipefail

case ${1:-web} in
    web)
        python manage.py check --deploy --fail-level ERROR
        exec gunicorn ctai.wsgi --bind "${BIND:-0.0.0.0:8000}" --worker-class gthread --workers "${WEB_WORKERS:-2}" \
            --threads "${WEB_THREADS:-4}" --no-control-socket --worker-tmp-dir "${HEARTBEAT_FOLDER:-/dev/shm}" \
            --max-requests 5000 --max-requests-jitter 500
        ;;
    worker) exec celery --app ctai worker --concurrency "${WORKER_CONCURRENCY:-2}" --loglevel INFO ;;
    beat) exec celery --app ctai beat --schedule "${TMPDIR:-/tmp}/beat-schedule" --pidfile= --loglevel INFO ;;
    migrate)
        python manage.py migrate --noinput
        exec python manage.py import_territories
        ;;
    *) exec python manage.py "$@" ;;
esac
