"""How a log line is written: one JSON object a line, for the collector of the host."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """Writes the instant, level, logger, message, error and the reference of the error page when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, str | int] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process or 0,
        }
        if reference := getattr(record, "reference", None):
            line["reference"] = str(reference)
        if status := getattr(record, "status_code", None):
            line["status"] = int(status)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
