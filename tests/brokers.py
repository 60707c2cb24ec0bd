"""A broker of our own on loopback, and somebody who listens to it as Home Assistant would."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import IN_CI, PATIENCE
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion


def mosquitto() -> str:
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        why = "no mosquitto on this machine (package mosquitto), so there is no broker"
        (pytest.fail if IN_CI else pytest.skip)(why)
        raise AssertionError
    return found


class Broker:
    """Mosquitto, which can be killed and started again at the same port; it keeps nothing on the disk."""

    def __init__(self, folder: Path, password: str | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "log_type error"]
        if password is None:
            lines.append("allow_anonymous true")
        else:
            known = folder / "known"
            known.touch(0o600)
            command = ["mosquitto_passwd", "-b", str(known), "lullaby", password]
            subprocess.run(command, check=True, capture_output=True)
            known.chmod(0o644)  # the broker may be another user by the time it reads it
            lines += ["allow_anonymous false", f"password_file {known}"]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen([mosquitto(), "-c", str(self._config)], stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._process.poll() is None, "it ended"
            assert time.monotonic() < end
            time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Listening:
    """Hears all that goes through a broker, since it was there."""

    def __init__(self, broker: Broker, user: str | None = None, password: str | None = None) -> None:
        self._change = threading.Condition()
        self.heard: list[tuple[str, bytes, bool, float]] = []
        """Topic, payload, whether the broker had kept it, and when."""
        client = Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(user, password)
        client.on_connect = self._connected
        client.on_message = self._message
        client.reconnect_delay_set(1, 1)
        client.connect_async("127.0.0.1", broker.port)
        self.client, self._there = client, threading.Event()
        client.loop_start()
        assert self._there.wait(PATIENCE)

    def _connected(self, client: Any, *_: Any) -> None:
        client.on_subscribe = lambda *_: self._there.set()
        client.subscribe("#", 1)

    def _message(self, client: Any, data: Any, message: Any) -> None:
        with self._change:
            self.heard.append((message.topic, message.payload, message.retain, time.monotonic()))
            self._change.notify_all()

    def until(self, so: Callable[[], Any], why: str = "it is never heard") -> Any:
        with self._change:
            assert self._change.wait_for(so, PATIENCE), (why, self.heard[-5:])
            return so()

    def last(self, topic: str) -> bytes | None:
        return next((payload for name, payload, _, _ in reversed(self.heard) if name == topic), None)

    def table(self, topic: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.last(topic) or b"{}")
        return found

    def say(self, topic: str, payload: str, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
        self.client.on_connect = self.client.on_message = self.client.on_subscribe = None


@contextlib.contextmanager
def listening(broker: Broker, user: str | None = None, password: str | None = None) -> Iterator[Listening]:
    found = Listening(broker, user, password)
    try:
        yield found
    finally:
        found.close()


@contextlib.contextmanager
def a_broker(password: str | None = None) -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="broker-") as folder:
        Path(folder).chmod(0o755)  # mosquitto becomes another user where root starts it
        broker = Broker(Path(folder), password)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()
