#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock: every version and hash, no address.
# Given arguments go to uv (for instance `scripts/lock.sh --upgrade`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v uv >/dev/null 2>&1; then
    echo "Il faut uv pour résoudre les dépendances : pip install uv" >&2
    exit 1
fi
compile() {
    uv pip compile pyproject.toml --quiet --generate-hashes --universal --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@" >/dev/null
}
compile -o requirements.lock "$@"
compile --group dev -c requirements.lock -o requirements-dev.lock "$@"
