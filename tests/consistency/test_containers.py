"""The image and the services are well described, checked without a container engine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import yaml

from tests.consistency.sources import ROOT

TOOLS = Path(sys.executable).parent


def _run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_dockerfile_satisfies_hadolint() -> None:
    assert _run(TOOLS / "hadolint", "--no-color", "Dockerfile") == (0, "")


def test_compose_file_follows_the_specification() -> None:
    code, output = _run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert (code, output.strip()) == (0, "ok -- validation done")


def test_compose_publishes_on_this_machine_only_and_watches_every_service() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]

    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}
    assert [port for service in services.values() for port in service.get("ports", [])] == ["127.0.0.1:8000:8000"]
    # The web service takes the health check of the image.
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["web"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def _read_by_settings() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "ctai" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and isinstance(node.args[0], ast.Constant)
            ):
                names.add(str(node.args[0].value))
    return names


def test_every_variable_of_the_environment_is_documented() -> None:
    documented = set(re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert documented == _read_by_settings() | {"DJANGO_SETTINGS_MODULE", "POSTGRES_PASSWORD"}
