"""A listener's own nights move how long the program thinks they take to fall asleep."""

from __future__ import annotations

import datetime
import stat
from pathlib import Path

import pytest
from nights import night_of
from test_live_following import ALL_NIGHT, Followed

from lullaby.cli import main
from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.evening.learned import learn_from_keys
from lullaby.night import Night
from lullaby.people.kept_nights import KeptNight, keep_nights, nights_file, nights_of
from lullaby.people.listeners import find_person, forget_person, person_file
from lullaby.sleep.course import Course, Run
from lullaby.sleep.hypnograms import Hypnogram, write_hypnograms
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE

DAY = datetime.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert main(["people", "add", "ada", "--birth-year", "1984"]) == 0
    return "ada"


def test_keys_of_live_nights_make_a_latency_longer(ada: str) -> None:
    """Through the follower of each night, to its end: the key counts that came before sleep."""
    before, latencies = find_person(ada).latency, []
    for n in range(4):
        course = Course.from_runs([Run(0, 60 * PAGE, Stage.AWAKE), Run(60 * PAGE, 300 * PAGE, Stage.N2)])
        followed = Followed(Night(night_of(ALL_NIGHT).score, seed=3, course=course))
        for minute in (20, 55):
            followed.go_to(minute)
            followed.live.still_awake()
        followed.go_to(56)
        followed.live.close()
        day = DAY + datetime.timedelta(days=n)
        latencies.append(learn_from_keys(ada, day, followed.live.awake_until()).latency)
    assert before == 1
    assert latencies == sorted(latencies)
    assert latencies[-1] > 1.5
    assert find_person(ada).latency == latencies[-1]
    again = learn_from_keys(ada, DAY, 55 * PAGE)
    assert again.latency == pytest.approx(latencies[-1], rel=0.01)  # a night counts once
    assert learn_from_keys(ada, DAY, None) == again
    assert stat.S_IMODE(nights_file(person_file(ada)).stat().st_mode) == 0o600


def test_imported_nights_move_it_and_count_once(ada: str, capsys: pytest.CaptureFixture[str]) -> None:
    def kept(path: str, minutes: int, day: int) -> None:
        """As a watch has it that knows no awakenings: only the time to fall asleep counts."""
        runs = (
            Run(0, minutes * PAGE, Stage.AWAKE),
            Run(minutes * PAGE, (minutes + 200) * PAGE, Stage.N2),
            Run((minutes + 200) * PAGE, (minutes + 300) * PAGE, Stage.N3),
        )
        start = datetime.datetime(2026, 11, day, 22, 0)
        write_hypnograms([Hypnogram(runs, start, four_class=True)], Path(path))

    for day in range(1, 6):
        kept(f"{day}.csv", 70, day)
        assert main(["sleep", "read", f"{day}.csv", "--for", ada]) == 0
    slow = find_person(ada).latency
    assert slow > 1.3
    assert f"ada takes {slow:g} times as long" in " ".join(capsys.readouterr().err.split())
    assert main(["sleep", "read", "5.csv", "--for", ada]) == 0
    assert find_person(ada).latency == slow
    for day in range(6, 20):
        kept(f"{day}.csv", 6, day)
        assert main(["sleep", "read", f"{day}.csv", "--for", ada]) == 0
    assert find_person(ada).latency < slow
    assert len(nights_of(person_file(ada))) == 19


def test_a_night_without_a_date_and_a_child_teach_nothing(ada: str) -> None:
    Path("plain.csv").write_text("start_s,stop_s,stage\n0,1200,awake\n1200,9600,n2\n")
    assert main(["sleep", "read", "plain.csv", "--for", ada]) == 2
    assert main(["people", "add", "kim", "--birth-year", "2019"]) == 0
    with pytest.raises(AskedWrongly, match="adults only"):
        learn_from_keys("kim", DAY, PAGE)
    assert not nights_file(person_file("kim")).exists()


def test_who_is_removed_leaves_no_nights_behind(ada: str) -> None:
    learn_from_keys(ada, DAY, 30 * PAGE)
    path = nights_file(person_file(ada))
    assert path.exists()
    forget_person(ada)
    assert not path.exists()


def test_nights_are_read_as_they_were_kept(ada: str) -> None:
    file = person_file(ada)
    nights = [
        KeptNight(DAY, "keys", awake_min=42.5),
        KeptNight(DAY + datetime.timedelta(days=1), "file", stages=(0, -1, 2, 4), all_stages=False),
    ]
    assert keep_nights(file, nights[::-1]) == nights == nights_of(file)
    with nights_file(file).open("a") as more:
        more.write('{"date": "soon", "source": "keys", "awake_min": 4}\n')
    with pytest.raises(WrittenWrongly, match="line 3: this is no night that lullaby kept"):
        learn_from_keys(ada, DAY, 30 * PAGE)
