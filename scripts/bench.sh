#!/usr/bin/env bash
# Installs what tests need, then measures on an empty PostgreSQL; BENCH_CONTRACTS=, BENCH_RUNS= and
# BENCH_DOCUMENTS= change the size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/bootstrap.sh test
failed=0
scripts/with_services.sh .venv/bin/python -m scripts.bench.pages || failed=1
scripts/with_services.sh .venv/bin/python -m scripts.bench.documents || failed=1
exit "$failed"
