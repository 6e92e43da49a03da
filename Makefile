# Commands of the project. The logic lives in scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test bench lint fmt lock

help: ## lists the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## installs what is missing, prepares the demo database, serves it on 127.0.0.1:8000 (PORT= to change)
	@scripts/demo.sh

test: ## installs what tests need, runs linters, types, floors and the whole suite
	@scripts/test.sh

bench: ## measures large pages against an empty one, on PostgreSQL; writes bench/results.json
	@scripts/bench.sh

lint: ## runs the static checks alone
	@scripts/bootstrap.sh test
	@scripts/lint.sh

fmt: ## formats the code and the templates
	@scripts/bootstrap.sh test
	@scripts/fmt.sh

lock: ## resolves the dependencies again, with hashes and without addresses
	@scripts/lock.sh
