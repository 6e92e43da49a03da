#!/usr/bin/env bash
# Runs every static check, prints one line for each and the output of those that fail.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
# shellcheck source=scripts/stage.sh
source scripts/stage.sh

manage() {
    local settings=$1
    shift
    DJANGO_SETTINGS_MODULE="ctai.settings.$settings" python manage.py "$@"
}

check_deploy() {
    env SECRET_KEY="$(printf 'verification-%s' {1..9})" DATABASE_URL=postgres://ctai@db.invalid/ctai \
        REDIS_URL=redis://redis.invalid/0 ALLOWED_HOSTS=ctai.example.org SITE_URL=https://ctai.example.org \
        EMAIL_URL=smtp+tls://mail.invalid:587 STORAGE_URL=/srv/ctai/media DEFAULT_FROM_EMAIL=ne-pas-repondre@ctai.example.org \
        DJANGO_SETTINGS_MODULE=ctai.settings.production \
        python manage.py check --deploy --fail-level WARNING
}

check_migrations() {
    local folder
    folder=$(mktemp -d)
    DATABASE_URL="sqlite:///$folder/empty.sqlite3" manage test makemigrations --check --dry-run
    local code=$?
    rm -rf "$folder"
    return $code
}

format_templates() { find templates -name '*.html' -print0 | xargs -0 -r djade --check --target-version 5.2; }
lint_templates() { djlint templates --lint --quiet; }

stage "format (ruff)" ruff format --check --output-format concise .
stage "lint (ruff)" ruff check --quiet --output-format concise .
stage "étages (import-linter)" lint-imports --no-logo
stage "réglages (check)" manage test check --fail-level WARNING
stage "réglages de production (check --deploy)" check_deploy
stage "migrations à jour" check_migrations
stage "gabarits (djade)" format_templates
stage "gabarits (djlint)" lint_templates
stage "types (mypy)" mypy --show-traceback .

[[ ${#failed_stages[@]} -eq 0 ]]
