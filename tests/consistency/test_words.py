"""What no file of the project may say."""

import re

from tests.consistency.sources import name_of, project_files

FORBIDDEN = re.compile(
    "|".join(
        (
            r"(?<![\w.])/work/",  # folders of one machine
            r"(?<![\w.])/home/\w",
            r"(?<![\w.])/root/",
            r"\bTO" + r"DO\b",
            r"\bFIX" + r"ME\b",
            r"\bX{3}\b",
            r"avec succ" + r"ès",
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"registry\.npm" + r"js",
        )
    ),
)
TEXTS = {
    ".cfg", ".css", ".csv", ".html", ".ini", ".js", ".json", ".lock", ".md", ".py", ".sh", ".svg", ".toml", ".txt",
    ".yaml", ".yml", "",
}  # fmt: skip


def test_no_file_holds_a_forbidden_word() -> None:
    found = [
        f"{name_of(path)}:{number}: {match.group()}"
        for path in project_files()
        if path.suffix in TEXTS and path.name != "test_words.py"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if (match := FORBIDDEN.search(line))
    ]

    assert found == []
