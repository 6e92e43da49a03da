"""Rebuilds `data/territories/` from a release of the npm package `@etalab/decoupage-administratif`.

    python -m scripts.build_reference_data 6.0.0 2026

The package is taken by the ordinary npm client. Only the columns that the portal reads are kept.
"""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from territories.names import BARE, VOWEL, guess_tncc

PACKAGE = "@etalab/decoupage-administratif"
TARGET = Path(__file__).resolve().parent.parent / "data" / "territories"


def download(version: str, directory: Path) -> tarfile.TarFile:
    """Fetch the package's tarball with npm and open it."""
    command = ["npm", "pack", f"{PACKAGE}@{version}", "--silent", "--pack-destination", str(directory)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return tarfile.open(next(directory.glob("*.tgz")))


def read(archive: tarfile.TarFile, name: str) -> list[dict[str, Any]]:
    """Read one list of the package."""
    member = archive.extractfile(f"package/data/{name}.json")
    if member is None:
        raise FileNotFoundError(name)
    rows: list[dict[str, Any]] = json.load(member)
    return rows


def tncc(row: dict[str, Any]) -> int:
    """Give the article of a name: the list has none for overseas communes, and misses that of Le Vernet-Chaméane."""
    given = row.get("typeLiaison")
    if given is None or (given in (BARE, VOWEL) and row["nom"].startswith("Le ")):
        return guess_tncc(row["nom"])
    return int(given)


def typeset(name: str) -> str:
    """Undo double spaces, and put French quotation marks in place of straight ones."""
    return re.sub(r'"([^"]*)"', "«\u00a0\\1\u00a0»", " ".join(name.split()))


def write(name: str, header: list[str], rows: Iterable[list[Any]]) -> None:
    """Write a compressed CSV whose bytes depend on its rows alone, not on the day."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    (TARGET / f"{name}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def build(archive: tarfile.TarFile) -> None:
    """Write the four lists, cut down to the columns that are read."""
    departements = read(archive, "departements")
    regions = [row for row in read(archive, "regions") if row["zone"] != "com"]
    region_codes = {row["code"] for row in regions}
    groupings = read(archive, "epci")
    epci_of = {member["code"]: row["code"] for row in groupings for member in row["membres"]}
    communes = [row for row in read(archive, "communes") if row["type"] == "commune-actuelle"]

    write("regions", ["code", "name", "tncc"], ([row["code"], row["nom"], tncc(row)] for row in regions))
    write(
        "departements",
        ["code", "name", "tncc", "region"],
        (
            [row["code"], row["nom"], tncc(row), row["region"] if row["region"] in region_codes else ""]
            for row in departements
        ),
    )
    write(
        "epci",
        ["siren", "name", "type", "population"],
        ([row["code"], typeset(row["nom"]), row["type"], row["populationMunicipale"]] for row in groupings),
    )
    write(
        "communes",
        ["code", "name", "tncc", "siren", "departement", "epci", "population", "postal_codes"],
        (
            [
                row["code"],
                row["nom"],
                tncc(row),
                row.get("siren", ""),
                row["departement"],
                epci_of.get(row["code"], ""),
                row.get("population", ""),
                " ".join(row.get("codesPostaux", [])),
            ]
            for row in communes
        ),
    )


def main(version: str, vintage: int) -> None:
    """Replace the lists shipped by those of a release, of the year that it describes."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, download(version, Path(directory)) as archive:
        build(archive)
    manifest = {"vintage": vintage, "source": PACKAGE, "version": version, "licence": "Licence Ouverte 2.0"}
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
