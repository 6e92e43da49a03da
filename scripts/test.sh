#!/usr/bin/env bash
# The whole verification: static checks and the core suite on SQLite beside the browser, then everything on PostgreSQL.
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
    DATABASE_URL="sqlite:///$logs/core.sqlite3" "$pytest" -q tests --ignore=tests/e2e -m "not postgres and not once" \
        -p no:cacheprovider
}
browser_tests() {
    # Playwright keeps an event loop in the test's thread; Django must then be told that queries are fine.
    DJANGO_ALLOW_ASYNC_UNSAFE=true scripts/with_services.sh "$pytest" -q tests/e2e -p no:cacheprovider
}
main_suite() {
    scripts/with_services.sh "$pytest" tests --ignore=tests/e2e -n "${PYTEST_WORKERS:-2}" --dist loadgroup
}
show_core() {
    cat "$logs/sqlite"
    [[ ! -e $logs/sqlite.failed ]]
}
exists() { compgen -G "$1" >/dev/null; }

# One core takes the static checks and the suite on SQLite, the other one the browser.
checks_and_core() {
    scripts/lint.sh >"$logs/lint" 2>&1 || touch "$logs/lint.failed"
    core_on_sqlite >"$logs/sqlite" 2>&1 || touch "$logs/sqlite.failed"
}
checks_and_core &
core_pid=$!
if exists "tests/e2e/test_*.py"; then
    suite "navigateur" browser_tests
fi
wait "$core_pid"
cat "$logs/lint"
[[ ! -e $logs/lint.failed ]] || failed_stages+=("contrôles statiques")
suite "suite sur SQLite" show_core

export FAILED_STAGES="${failed_stages[*]/%/,}"
main_suite || exit
[[ ${#failed_stages[@]} -eq 0 ]]
