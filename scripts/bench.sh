#!/usr/bin/env bash
# Installs what tests need, then measures on an empty PostgreSQL; BENCH_CONTRACTS= and BENCH_RUNS= change the size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/bootstrap.sh test
exec scripts/with_services.sh .venv/bin/python scripts/bench.py
