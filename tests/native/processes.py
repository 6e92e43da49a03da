"""The processes of the portal, started natively by the commands of the containers."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def wait_until(check: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Return what the check returns once it is true; fail when it is not within some seconds."""
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return found


@dataclass
class Process:
    """A running command, alone in its group, with what it wrote."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def says(self, pattern: str, seconds: float = 40) -> re.Match[str]:
        """Wait until the output holds the pattern."""

        def found() -> re.Match[str] | None:
            if self._process.poll() is not None:
                raise AssertionError(f"{self.command} ended:\n{self.output}")
            return re.search(pattern, self.output)

        try:
            match: re.Match[str] = wait_until(found, pattern, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output[-4000:]}") from None
        return match

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        """Send a signal to the whole group and wait for the end; what resists is killed."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal_number)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(5)

    def kill(self) -> None:
        """Kill the whole group at once, as a power cut would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(5)


@dataclass
class Stack:
    """A broker of its own, and the commands of the containers on the database of the test."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    broker: Process = field(init=False)
    worker: Process = field(init=False)
    _running: list[Process] = field(default_factory=list)

    @property
    def redis_url(self) -> str:
        return f"redis+socket://{self.folder}/redis.sock"

    def start_broker(self) -> None:
        """Start the broker; what it holds is kept from one start to the next."""
        socket = self.folder / "redis.sock"
        program = shutil.which("redis-server")
        assert program, "redis-server is installed by scripts/bootstrap.sh test"
        options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(self.folder), "--appendonly", "yes"]
        socket.unlink(missing_ok=True)
        self.broker = self._start("redis", [program, *options])
        wait_until(socket.exists, "the broker listens")

    def run(self, command: str, **environment: str) -> Process:
        """Start what a container runs: web, worker or beat."""
        variables = self._variables() | self.environment | environment
        return self._start(command, [str(ROOT / "scripts" / "container.sh"), command], variables)

    def stop(self) -> None:
        """Stop all that runs, the last started first, and erase the folder."""
        while self._running:
            self._running.pop().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> Process:
        log = self.folder / f"{name}-{len(self._running)}.log"
        process = Process(command, environment or {"PATH": os.environ["PATH"]}, log)
        self._running.append(process)
        return process

    def _variables(self) -> dict[str, str]:
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "HEARTBEAT_FOLDER": str(self.folder),
            "LANG": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "tests.native.settings",
            "PYTHONPATH": str(ROOT),
            "SECRET_KEY": "key-of-the-native-tests-that-protects-nothing-0123456789",
            "DATABASE_URL": database,
            "REDIS_URL": self.redis_url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": "http://127.0.0.1",
            "HTTPS": "false",
            "EMAIL_URL": f"filemail:///{self.folder}/mails",
            "DEFAULT_FROM_EMAIL": "ne-pas-repondre@ctai.example.org",
            "STORAGE_URL": str(settings.MEDIA_ROOT),
            "BIND": "127.0.0.1:0",
            "WEB_WORKERS": "1",
            "DB_POOL": "4",
            "WORKER_CONCURRENCY": "1",
        }


def new_stack() -> Stack:
    """Return a stack whose folder has a short name: a Unix socket's may not pass 100 characters."""
    return Stack(Path(tempfile.mkdtemp(prefix="ctai-native-", dir="/tmp")))
