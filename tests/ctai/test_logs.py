"""A log line is one JSON object."""

import json
import logging

from ctai.logs import JsonFormatter


def test_line_holds_message_reference_and_error() -> None:
    logger = logging.getLogger("tests")
    try:
        raise ValueError("montant illisible")
    except ValueError as error:
        record = logger.makeRecord(
            "tests",
            logging.ERROR,
            "f.py",
            1,
            "Erreur %s",
            ("imprévue",),
            (ValueError, error, None),
            extra={"reference": "AB12"},
        )

    line = JsonFormatter().format(record)

    assert "\n" not in line
    content = json.loads(line)
    assert (content["level"], content["logger"], content["message"]) == ("ERROR", "tests", "Erreur imprévue")
    assert (content["reference"], content["error"]) == ("AB12", "ValueError: montant illisible")
