"""What every test may count on: folders of its own, and a sound card that is only pretended.

Under LULLABY_CI nothing that concerns sound may be skipped.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from processors import NATIVE, PLAINEST, TARGETS

RATE = 48_000
FRAME = 8  # bytes: two channels of float32
PATIENCE = 300.0  # seconds until what hangs is given up; nothing is too slow before that
PLUGINS = ("lib/*/alsa-lib", "lib64/alsa-lib", "lib/alsa-lib")
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
"""What glibc's mallopt is asked for: how much is kept when it is freed, how much lies apart from the rest."""
IN_CI = bool(os.environ.get("LULLABY_CI"))


def pytest_configure(config: pytest.Config) -> None:
    """Moves the program's folders before any test module is imported: the kernels choose their cache
    on import. What was compiled is kept from run to run; everything else is forgotten."""
    for name in ("SIGINT", "SIGHUP"):  # behind a shell's "&" or under nohup children would ignore them, too
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
    # some two hundred children start here, and each would compile the text of the program once more
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    home = tempfile.TemporaryDirectory(prefix="lullaby-home-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    os.environ["LULLABY_HOME"] = home.name
    os.environ.setdefault("LULLABY_CACHE", str(config.rootpath / ".cache"))
    _keep_what_is_freed()
    several = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if several and config.args_source is config.ArgsSource.TESTPATHS:
        _compile_once(Path(home.name))


def _compile_once(folder: Path) -> None:
    """Where nothing is compiled yet and several workers are about to begin, each would compile all of it.
    What test_same_bits_everywhere compiles anyway, and anew, comes first then: code for this processor, which
    the workers find in the cache, and beside it on a second core code for the plainest, which is kept."""
    cache = Path(os.environ["LULLABY_CACHE"])
    if any(cache.glob("kernels/**/*.nbc")):
        return
    os.environ["LULLABY_BITS"] = str(folder)
    command = [sys.executable, str(Path(__file__).parent / "bits.py")]
    plainest = {**TARGETS[PLAINEST], "LULLABY_CACHE": str(cache / "bits" / PLAINEST)}
    children = {}
    for name, env in ((NATIVE, TARGETS[NATIVE]), (PLAINEST, plainest)):
        with (folder / f"{name}.part").open("w") as out:
            children[name] = subprocess.Popen(command, env={**os.environ, **env}, stdout=out)
    for name, child in children.items():
        if child.wait() == 0:  # else the test that asks for it says why
            (folder / f"{name}.part").rename(folder / f"{name}.json")


def _keep_what_is_freed() -> None:
    """Minutes of sound are some hundred MB, and glibc gives such memory back to the system at once: the next
    ones then cost as much time in the kernel, page after page, as in all of the arithmetic."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library has no such question
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 1 << 30)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is asked of one voice or of one score follows one another, from whatever file it comes: so its
    minutes are rendered once."""

    def shared(item: pytest.Item) -> tuple[str, str]:
        told = getattr(getattr(item, "callspec", None), "params", {})
        return str(told.get("voice", "")), str(told.get("score", ""))

    items.sort(key=shared)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests, and numba, live until the end: they are looked through for garbage once."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped and item.get_closest_marker("sound"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"Under LULLABY_CI this must not be skipped: {why}"
    return report


def _patiently(process: subprocess.Popen[bytes], what: str, seconds: float = 0.0) -> Iterator[None]:
    """Turns, one every 20 ms, until so many seconds and PATIENCE are over; a process that ends meanwhile
    ends the waiting."""
    end = time.monotonic() + seconds + PATIENCE
    while time.monotonic() < end:
        yield
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise RuntimeError(f"{what}: {process.args!r} ended with {process.wait(timeout=0.02)}")
    raise TimeoutError(f"{what}: not within {seconds + PATIENCE:g} s")


@contextlib.contextmanager
def _running(command: list[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, whatever happens in it."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **how)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Recording:
    """What the pretended sound card has played since recording began."""

    process: subprocess.Popen[bytes]
    path: Path

    @property
    def frames(self) -> int:
        return self.path.stat().st_size // FRAME

    @property
    def sound(self) -> np.ndarray:
        """Everything so far: float32[frames, 2]."""
        return np.fromfile(self.path, np.float32, count=self.frames * 2).reshape(-1, 2)

    def wait(self, seconds: float) -> None:
        """Until so much more has been recorded; the sound card's own clock counts."""
        wanted = self.frames + round(seconds * RATE)
        for _ in _patiently(self.process, "recording", seconds):
            if self.frames >= wanted:
                return


@dataclass(frozen=True)
class SoundServer:
    """A sound card nobody hears, which can be recorded."""

    env: dict[str, str]
    """The environment of a child that is to play into it."""
    folder: Path

    def ask(self, *words: str) -> str:
        """What `pactl` answers."""
        done = subprocess.run(["pactl", *words], env=self.env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The server, from when it answers until the block ends."""
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        command += ["--disallow-exit", "--log-target=stderr"]
        # the kernel kills a real-time thread that runs for 200 ms without a rest, as on a busy machine
        command += ["--realtime=no", "--high-priority=no"]
        command += ["-L", "module-null-sink sink_name=night format=float32le rate=48000 channels=2"]
        socket = self.env["PULSE_SERVER"].removeprefix("unix:")
        command += ["-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"]
        log = self.folder / "pulse.log"
        with (
            open(log, "wb") as errors,
            _running(command, env=self.env, stdout=errors, stderr=errors) as server,
        ):
            ask = partial(
                subprocess.run, ["pactl", "info"], env=self.env, capture_output=True, timeout=PATIENCE
            )
            try:
                for _ in _patiently(server, "sound server"):
                    if ask().returncode == 0:
                        break
            except (RuntimeError, TimeoutError) as error:
                _do_without(f"{error}\n{log.read_text(errors='replace')}")
            yield server

    @contextlib.contextmanager
    def recording(self, sink: str = "night") -> Iterator[Recording]:
        """Records while the block runs. It has begun when the block begins."""
        handle, path = tempfile.mkstemp(suffix=".f32", dir=self.folder)
        command = ["parec", "-d", f"{sink}.monitor", "--raw", "--format=float32le", f"--rate={RATE}"]
        command += ["--channels=2", "--latency-msec=20"]
        with open(handle, "wb") as out, _running(command, env=self.env, stdout=out) as process:
            heard = Recording(process, Path(path))
            for _ in _patiently(process, "recording"):
                if heard.frames:
                    break
            yield heard

    def record(self, seconds: float) -> np.ndarray:
        """The next so many seconds: float32[frames, 2]."""
        with self.recording() as heard:
            heard.wait(seconds)
            return heard.sound[: round(seconds * RATE)]


def _do_without(why: str) -> NoReturn:
    if IN_CI:
        pytest.fail(f"Under LULLABY_CI this must be here: {why}", pytrace=False)
    pytest.skip(why)


Probe = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="session")
def ffprobe() -> Probe:
    """What ffprobe says of a file: a reader that has nothing of ours in it."""
    if shutil.which("ffprobe") is None:
        _do_without("no ffprobe on this machine (package ffmpeg)")

    def probe(path: Path) -> dict[str, Any]:
        show = ("-show_format", "-show_streams", "-show_chapters")
        command = ["ffprobe", "-v", "error", *show, "-of", "json", str(path)]
        told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return told

    return probe


@contextlib.contextmanager
def a_sound_server() -> Iterator[SoundServer]:
    """One that nobody else plays into, and that is not running yet."""
    for program in ("pulseaudio", "pactl", "parec"):
        if shutil.which(program) is None:
            _do_without(f"no {program} on this machine, so there is no sound card to pretend")
    if ctypes.util.find_library("portaudio") is None:
        _do_without("no PortAudio library on this machine (libportaudio2), so nothing can be played")
    if not any(f for p in PLUGINS for f in Path("/usr").glob(f"{p}/libasound_module_pcm_pulse.so")):
        _do_without("no ALSA plug-in for PulseAudio on this machine (libasound2-plugins)")

    # Short, since the path of a Unix socket may be no longer than 107 bytes.
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        run, home = folder / "run", folder / "home"
        run.mkdir(mode=0o700)
        home.mkdir()
        (home / ".asoundrc").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PULSE_", "ALSA_", "XDG_"))}
        env |= {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "PULSE_RUNTIME_PATH": str(run / "pulse"),
            "PULSE_SERVER": f"unix:{run}/pulse.sock",
        }
        yield SoundServer(env, folder)


@dataclass
class LastingServer:
    """A sound server for many tests. One that died in a test is started again for the next, which then tells
    of itself and not of that one."""

    server: SoundServer
    stack: contextlib.ExitStack
    process: subprocess.Popen[bytes] | None = None

    def runs(self) -> SoundServer:
        if self.process is None or self.process.poll() is not None:
            if self.process is not None:
                log = (self.server.folder / "pulse.log").read_text(errors="replace")[-500:]
                print(f"The sound server had ended with {self.process.returncode}: {log}")
            self.process = self.stack.enter_context(self.server.running())
        return self.server


@pytest.fixture(scope="session")
def lasting_server() -> Iterator[LastingServer]:
    with a_sound_server() as server, contextlib.ExitStack() as stack:
        yield LastingServer(server, stack)


@pytest.fixture
def sound_server(lasting_server: LastingServer) -> SoundServer:
    return lasting_server.runs()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of our own; its address."""
    if shutil.which("dbus-daemon") is None:
        _do_without("no dbus-daemon on this machine (package dbus), so there is no session bus")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@pytest.fixture
def kernel_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of kernels, and no kernel known yet."""
    from lullaby.kernels import cache, jit

    own = tmp_path / "cache"
    assert cache.private(own)
    monkeypatch.setattr(jit, "folder", own)
    monkeypatch.setattr(jit, "kernels", {})
    return own


@pytest.fixture(scope="session")
def home_with_a_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import soundfile

    home = tmp_path_factory.mktemp("home")
    (home / "voices").mkdir()
    noise = 0.1 * np.random.default_rng(1).standard_normal(60 * RATE)
    soundfile.write(home / "voices" / "creek.wav", noise, RATE)
    (home / "voices" / "clip.toml").write_text('# A creek.\nkind = "clip"\nfile = "creek.wav"\n')
    return home


@pytest.fixture
def a_clip(home_with_a_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute of a creek of the listener's own, as a voice called "clip": that one kind ships no voice."""
    monkeypatch.setenv("LULLABY_HOME", str(home_with_a_clip))


@pytest.fixture
def short_tales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener to whom no more than the beginning of a story is told."""
    from short_tales import cut_short

    cut_short(tmp_path / "home")
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))


@pytest.fixture
def without_covers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept by this process has no cover, which takes longer than many a file. Covers have tests of
    their own, and so has each form of file with one in it (test_cover, test_formats)."""
    monkeypatch.setattr("lullaby.drawing.cover.cover", lambda *_: b"")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are cores: some hundred tests wait for a clock, which takes no core."""
    return (os.cpu_count() or 1) + 2
