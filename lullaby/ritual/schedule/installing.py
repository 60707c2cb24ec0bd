"""Entries by which a system keeps the watcher running: a systemd user unit, a launchd agent, a task of
Windows' Task Scheduler. They wake us and do nothing else: which night is due is ours to say, by rules in
local time that none of the three could hold.

Each is read back by a parser of its format before it is shown or written."""

from __future__ import annotations

import configparser
import os
import plistlib
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import CouldNot

LABEL = "lullaby-ritual"
_TASKS = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True)
class Entry:
    name: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-16" if self.content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")


def watcher() -> list[str]:
    return [sys.executable, "-P", "-m", "lullaby", "ritual", "watch"]


def environment() -> dict[str, str]:
    """What the watcher must be told to find the same folders."""
    return {name: os.environ[name] for name in ("LULLABY_HOME", "LULLABY_CACHE") if os.environ.get(name)}


def entries(system: str) -> tuple[Entry, ...]:
    """The entries for this system, each read back."""
    made, read = {
        "systemd": (_systemd, _read_systemd),
        "launchd": (_launchd, _read_launchd),
        "windows": (_windows, _read_windows),
    }[system]
    entry = made()
    if read(entry.content) != watcher():
        raise CouldNot(f"the entry for {system} does not read back: what is odd in {sys.executable}?")
    return (entry,)


def folder_of(system: str) -> Path:
    home = Path.home()
    if system == "systemd":
        return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    return home / "Library" / "LaunchAgents" if system == "launchd" else places.home()


def then(system: str) -> str:
    """What the person types after it is written."""
    if system == "systemd":
        return f"systemctl --user enable --now {LABEL}.service"
    if system == "launchd":
        return f"launchctl bootstrap gui/$(id -u) {folder_of(system) / f'{LABEL}.plist'}"
    return f'schtasks /create /tn {LABEL} /xml "{folder_of(system) / f"{LABEL}.xml"}"'


def _systemd() -> Entry:
    lines = [
        "[Unit]",
        "Description=Lullaby: begins the nights of its schedule",
        "",
        "[Service]",
        f"ExecStart={' '.join(map(_systemd_quoted, watcher()))}",
        *(f"Environment={_systemd_quoted(f'{name}={value}')}" for name, value in environment().items()),
        "Restart=on-failure",
        "RestartSec=30",
        "# a night that plays outlives the watcher",
        "KillMode=process",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    return Entry(f"{LABEL}.service", "\n".join(lines).encode())


def _systemd_quoted(word: str) -> str:
    """A word of a unit file: % and $ mean something there, and so do quotes."""
    said = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return (
        said
        if said.replace("/", "a").replace("-", "a").replace(".", "a").replace("_", "a").isalnum()
        else (f'"{said}"')
    )


def _read_systemd(content: bytes) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(content.decode())
    import shlex

    said = parser["Service"]["ExecStart"].replace("%%", "%").replace("$$", "$")
    return shlex.split(said)


def _launchd() -> Entry:
    facts = {
        "Label": LABEL,
        "ProgramArguments": watcher(),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "AbandonProcessGroup": True,
        "ProcessType": "Background",
        **({"EnvironmentVariables": environment()} if environment() else {}),
    }
    return Entry(f"{LABEL}.plist", plistlib.dumps(facts))


def _read_launchd(content: bytes) -> list[str]:
    return list(map(str, plistlib.loads(content)["ProgramArguments"]))


def _windows() -> Entry:
    """A task that begins at logon. Task Scheduler wants UTF-16."""
    ET.register_namespace("", _TASKS)
    task = ET.Element(f"{{{_TASKS}}}Task", version="1.2")
    ET.SubElement(_inside(task, "Triggers", "LogonTrigger"), f"{{{_TASKS}}}Enabled").text = "true"
    settings = _inside(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("ExecutionTimeLimit", "PT0S"),
    ):
        ET.SubElement(settings, f"{{{_TASKS}}}{name}").text = value
    runs = _inside(task, "Actions", "Exec")
    program, *words = watcher()
    ET.SubElement(runs, f"{{{_TASKS}}}Command").text = program
    ET.SubElement(runs, f"{{{_TASKS}}}Arguments").text = " ".join(words)
    return Entry(f"{LABEL}.xml", ET.tostring(task, encoding="utf-16", xml_declaration=True))


def _inside(element: ET.Element, *names: str) -> ET.Element:
    for name in names:
        element = ET.SubElement(element, f"{{{_TASKS}}}{name}")
    return element


def _read_windows(content: bytes) -> list[str]:
    runs = ET.fromstring(content).find(f"{{{_TASKS}}}Actions/{{{_TASKS}}}Exec")
    assert runs is not None
    said = {child.tag.rpartition("}")[2]: child.text or "" for child in runs}
    return [said["Command"], *said["Arguments"].split()]
