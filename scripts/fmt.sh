#!/usr/bin/env bash
# Formats the code and the templates in place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

.venv/bin/ruff format --quiet .
.venv/bin/ruff check --quiet --fix-only .
find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2 || true
