#!/usr/bin/env bash
# The whole verification: static checks beside the core suite on SQLite, then the browser, then everything on PostgreSQL.
# pytest's closing line comes last; the exit code is non-zero when any part failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/bootstrap.sh test || exit 1
# shellcheck source=scripts/stage.sh
source scripts/stage.sh
export DJANGO_SETTINGS_MODULE=ctai.settings.test
pytest=.venv/bin/pytest
logs=$(mktemp -d /tmp/ctai-test-XXXXXX)
trap 'rm -rf "$logs"' EXIT

core_on_sqlite() {
    DATABASE_URL="sqlite:///$logs/core.sqlite3" "$pytest" -q tests --ignore=tests/e2e -m "not postgres" \
        -p no:cacheprovider
}
browser_tests() {
    # Playwright keeps an event loop in the test's thread; Django must then be told that queries are fine.
    DJANGO_ALLOW_ASYNC_UNSAFE=true scripts/with_services.sh "$pytest" -q tests/e2e -p no:cacheprovider
}
main_suite() { scripts/with_services.sh "$pytest" tests --ignore=tests/e2e -n "${PYTEST_WORKERS:-2}"; }
exists() { compgen -G "$1" >/dev/null; }

# The static checks and the SQLite suite take one core each.
scripts/lint.sh >"$logs/lint" 2>&1 &
lint_pid=$!
suite "suite sur SQLite" core_on_sqlite >"$logs/sqlite"
wait "$lint_pid" || failed_stages+=("contrôles statiques")
cat "$logs/lint" "$logs/sqlite"

if exists "tests/e2e/test_*.py"; then
    suite "navigateur" browser_tests
fi

export FAILED_STAGES="${failed_stages[*]/%/,}"
main_suite || exit
[[ ${#failed_stages[@]} -eq 0 ]]
