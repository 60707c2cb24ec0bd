"""A circle: who is in it, whose turn it is and why, and that only an evening that was held moves it on."""

from __future__ import annotations

import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from circles import FRIENDS, day, friends, held_for
from typed import Say, is_asked_wrongly, typing

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.people.bookmarks import Bookmark
from lullaby.ritual.circle import sayings
from lullaby.ritual.circle.book import book_read
from lullaby.ritual.circle.circle_file import circle_from
from lullaby.ritual.circle.circles import circle_file, find_circle, keep_circle
from lullaby.ritual.circle.evening import Evening, evening_of
from lullaby.ritual.circle.held import held
from lullaby.ritual.circle.member import Circle
from lullaby.ritual.circle.rule import Role
from lullaby.ritual.circle.serial import episode_of, serial_of
from lullaby.ritual.circle.tonight import tonight_of
from lullaby.ritual.tonight import Present


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    return typing(capsys, "circle")


def evening(number: int, **how: tuple[str, ...]) -> Evening:
    with book_read("friends") as db:
        return evening_of(find_circle("friends"), db, day(number), **how)


def test_a_circle_is_made_filled_shown_and_removed(say: Say, home: Path):
    assert say("list").out == "No circle yet: lullaby circle new NAME\n"
    assert not home.exists()
    is_asked_wrongly(say, "turn", says="there is no circle yet")
    assert say("new", "friends").code == 0
    words = ["--teller", "lamp-keeper", "--instrument", "harp", "--tune", "wiegenlied", "--seat", "-0.5"]
    added = say("add", "anna", *words, "--likes", "the-quiet-pod", "--share", "yes", "--json")
    assert added.facts == {
        "name": "anna",
        "teller": "lamp-keeper",
        "instrument": "harp",
        "tunes": ["wiegenlied"],
        "seat": -0.5,
        "likes": ["the-quiet-pod"],
        "listener": "",
        "share": True,
    }
    assert (
        say("add", "bo", "--instrument", "kalimba", "--listener", "bo").err.count("there is no listener") == 1
    )
    is_asked_wrongly(say, "add", "Anna", says="is in the circle")
    assert say("list").out == "friends: anna and bo\n"
    shown = say("show", "--json").facts
    assert [member["name"] for member in shown["members"]] == ["anna", "bo"]
    assert say("change", "bo", "--instrument", "").code == 0
    assert find_circle("friends").member("bo").instrument == ""
    is_asked_wrongly(say, "remove", says="--yes does it")
    assert say("remove", "--yes").code == 0
    assert [path for path in (home / "circles").iterdir()] == []


def test_what_cannot_be_told_or_played_is_refused_when_it_is_said(say: Say, home: Path):
    friends()
    before = circle_file("friends").read_text()
    for words, says in {
        ("--instrument", "rain"): "is no instrument there is.",
        ("--instrument", "harpp"): 'Did you mean "harp"?',
        ("--teller", "rain"): "is no teller there is.",
        ("--tune", "wiegenlid"): 'Did you mean "wiegenlied"?',
        ("--likes", "nosuch"): 'there is no story "nosuch"',
        ("--likes", "the-quiet-pod-by-day"): "is for the day",
    }.items():
        is_asked_wrongly(say, "add", "zed", *words, says=says)
        is_asked_wrongly(say, "change", "bo", *words, says=says)
    is_asked_wrongly(say, "change", "--story", "the-quiet-podd", says='Did you mean "the-quiet-pod"?')
    is_asked_wrongly(say, "guest", "mia", "--teller", "rain", says="is no teller there is.")
    is_asked_wrongly(
        say, "guest", "mia", "--plays", "--instrument", "rain", says="is no instrument there is."
    )
    assert circle_file("friends").read_text() == before
    assert say("change", "bo", "--instrument", "guitar", "--likes", "the-quiet-pod").code == 0


def test_what_stands_in_the_file_already_is_in_nobodys_way(say: Say):
    friends(members=(replace(FRIENDS[0], teller="rain", likes=("nosuch",)),))
    assert say("change", "anna", "--seat", "0.5").code == 0
    assert say("change", "anna", "--likes", "nosuch", "--likes", "the-quiet-pod").code == 0


def test_where_there_are_several_one_is_named(say: Say):
    friends()
    friends("choir")
    is_asked_wrongly(say, "turn", says="which circle?")
    assert say("turn", "--circle", "choir", "--json").facts["circle"] == "choir"
    is_asked_wrongly(say, "turn", "--circle", "chor", says='Did you mean "choir"?')


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_nobody_else_may_read_any_of_it(home: Path, tmp_path: Path, say: Say):
    friends()
    held_for(2)
    (tmp_path / "mine.md").write_text("# Mine\n\nA small boat came in.\n")
    assert say("bring", "anna", str(tmp_path / "mine.md")).code == 0
    paths = [home / "circles", *(home / "circles").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}


def test_two_who_change_the_circle_at_once_take_turns():
    friends()

    def moved(circle: Circle, name: str) -> Circle:
        return replace(circle, members=tuple(replace(one, seat=0.9) if one.name == name else one
                                             for one in circle.members))  # fmt: skip

    other = threading.Thread(target=keep_circle, args=("friends", lambda circle: moved(circle, "bo")))

    def anna(circle: Circle) -> Circle:
        other.start()
        other.join(0.3)  # it waits, and so this is in vain
        return moved(circle, "anna")

    keep_circle("friends", anna)
    other.join()
    assert [find_circle("friends").member(name).seat for name in ("anna", "bo")] == [0.9, 0.9]


def test_capital_letters_make_no_other_circle_and_no_other_member(say: Say):
    friends()
    is_asked_wrongly(say, "new", "Friends", says="already")
    is_asked_wrongly(say, "add", "Anna", says="already")
    is_asked_wrongly(say, "guest", "Anna", says="is a member")


@pytest.mark.parametrize("name", ["../x", "a/b", "a.b", "", " a", "C:x", "a\nb", "x" * 300])
def test_a_name_that_would_lead_elsewhere_is_none(say: Say, name: str):
    friends()
    assert say("new", name).code == 2
    assert say("add", name).code == 2


def test_a_comment_in_the_file_stays(say: Say):
    friends()
    path = circle_file("friends")
    path.write_text(f"# we began in May\n{path.read_text()}")
    assert say("change", "bo", "--seat", "0.9").code == 0
    assert "# we began in May" in path.read_text()
    assert find_circle("friends").member("bo").seat == 0.9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[member.anna]\nseat = 3\n", "too high"),
        ("[member.anna]\nfear = 1\n", 'a member has no "fear"'),
        ('story = "a"\nseries = "b"\n', "a story and a series"),
        ("[member.Anna]\n[member.anna]\n", "but for capital letters"),
        ('[member."../x"]\n', "is not a name"),
        ("member = 3\n", "not a table"),
    ],
)
def test_a_mistake_in_the_file_is_said_with_its_place(text: str, says: str):
    with pytest.raises(WrittenWrongly, match=r"f\.toml") as caught:
        circle_from(text, Path("f.toml"))
    assert says in str(caught.value)


@pytest.mark.parametrize("seat", ["nan", "2", "left", "-inf"])
def test_a_seat_that_is_none_is_refused_when_it_is_said(say: Say, seat: str):
    say("new", "friends")
    is_asked_wrongly(say, "add", "zed", f"--seat={seat}", says="is no seat from -1 (left) to 1 (right)")


def test_with_everybody_there_the_turns_go_round_by_the_seats():
    friends()
    nights = held_for(8)
    assert [one.evening.tells.did for one in nights] == ["anna", "bo", "cleo", "dov"] * 2
    assert all(one.evening.plays.did != one.evening.tells.did for one in nights)
    assert sorted(one.evening.plays.did for one in nights) == sorted([*"abcd", *"abcd"], key=str) or {
        one.evening.plays.did for one in nights[:4]
    } == {"anna", "bo", "cleo", "dov"}


def test_asking_moves_nothing_on_however_often(say: Say):
    friends()
    before = [say("turn", "--json").facts for _ in range(3)]
    for _ in range(5):
        tonight_of("friends", day(0))
        tonight_of("friends", day(9))
    assert [say("turn", "--json").facts for _ in range(3)] == before
    assert before[0]["tells"]["who"] == "anna"
    assert "by the seats" in before[0]["tells"]["why"]


def test_held_twice_on_one_date_counts_once(say: Say):
    friends()
    first = say("held", "--json").facts
    again = say("held", "--json").facts
    assert (first["new"], again["new"]) == (True, False)
    assert first["tells"]["who"] == again["tells"]["who"] == "anna"
    assert say("show", "--json").facts["members"][0]["turns"]["tell"]["turns"] == 1
    assert "counts once" in say("held").err
    assert say("turn", "--date", "2026-12-01", "--json").facts["tells"]["who"] == "bo"


def test_an_evening_that_is_still_to_come_was_not_held(say: Say):
    friends()
    is_asked_wrongly(say, "held", "--date", "2026-12-01", says="2026-12-01 is still to come.")
    assert say("held", "--date", "2026-11-30").code == 0


def test_nobody_says_what_is_in_more_than_a_year(say: Say):
    friends()
    for words in (("not-tonight", "anna"), ("guest", "mia"), ("away", "anna")):
        is_asked_wrongly(say, *words, "--date", "9999-12-31", says="more than a year ahead")
        assert say(*words, "--date", "2027-11-30").code == 0


def everything(home: Path) -> object:
    """All that the book says, but for how an evening may be taken back."""
    with book_read("friends") as db:
        tables = db.execute("select name from sqlite_master where type = 'table' and name != 'last_held'")
        return {
            name: db.execute(f"select * from {name} order by rowid").fetchall()
            for (name,) in tables.fetchall()
        }


def test_an_evening_that_was_held_by_mistake_is_taken_back(say: Say, home: Path, tmp_path: Path):
    """Turns, shares, swaps, what was brought and the serial are as they were."""
    friends(story="rabbit-on-the-line")
    sayings.swap("friends", "anna", "bo", Role.TELL)
    (tmp_path / "low.abc").write_text("X:1\nT:Low\nM:4/4\nL:1/4\nK:D\nD E F A | D4 |]\n")
    for number in range(4):  # both halves of the swap among them
        before = everything(home)
        who = evening(number).plays.did
        assert say("bring", who, str(tmp_path / "low.abc")).code == 0
        before = everything(home)
        first = held("friends", day(number), stopped=Bookmark(number + 1, 161, "9c1e"))
        said = say("held", "--undo")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith(f"{day(number)} does not count as held any more.")
        assert everything(home) == before
        assert held("friends", day(number), stopped=Bookmark(number + 1, 161, "9c1e")) == first


def test_only_the_evening_that_was_written_down_last_is_taken_back(say: Say):
    friends()
    is_asked_wrongly(say, "held", "--undo", says="no evening")
    held_for(3)
    is_asked_wrongly(say, "held", "--undo", "--date", "2026-11-02", says="The last was 2026-11-03")
    assert say("held", "--undo", "--json").facts["undone"]
    is_asked_wrongly(say, "held", "--undo", says="written down last")
    assert not evening(2).held
    assert evening(1).held


def test_a_swap_that_was_said_since_is_not_lost_with_an_evening(say: Say):
    friends(members=FRIENDS[:2])
    sayings.swap("friends", "anna", "bo", Role.TELL)
    held_for(2)
    sayings.swap("friends", "anna", "bo", Role.TELL)
    is_asked_wrongly(say, "held", "--undo", says="have swapped again since")
    assert evening(1).held


def test_who_said_not_tonight_is_shown(say: Say):
    friends()
    assert say("not-tonight", "anna").code == 0
    assert say("not-tonight", "cleo", "--role", "play").code == 0
    assert "anna (not tonight), bo, cleo (not tonight: play) and dov" in say("turn").out
    assert say("turn", "--json").facts["not_tonight"] == {"tell": ["anna"], "play": ["anna", "cleo"]}


def test_there_is_one_turn_for_guests(say: Say):
    friends()
    assert say("guest", "dora", "--tells").code == 0
    is_asked_wrongly(say, "guest", "emil", "--tells", says="dora tells already that evening")
    assert say("guest", "emil", "--plays", "--instrument", "harp").code == 0
    is_asked_wrongly(say, "guest", "fee", "--plays", "--instrument", "harp", says="emil plays already")
    assert say("guest", "dora", "--tells", "--teller", "neighbour").code == 0
    assert say("guest", "emil", "--tells", "--date", "2026-12-01").code == 0


def test_an_evening_that_was_held_says_which_of_a_series_it_had(say: Say):
    friends(series="the-river")
    assert "the series the-river, evening 1." in say("turn").out
    assert "the series the-river, evening 1." in say("held").out
    assert "the series the-river, evening 1." in say("turn").out
    assert "the series the-river, evening 2." in say("turn", "--date", "2026-12-01").out


def test_who_is_away_has_no_turn_and_owes_none(say: Say):
    friends()
    sayings.away("friends", "anna", day(0), day(2))
    nights = held_for(3)
    assert [one.evening.tells.did for one in nights] == ["bo", "cleo", "dov"]
    assert [one.evening.tells.did for one in held_for(4, first=3)].count("anna") == 1
    assert say("away", "bo", "--until", "2026-12-02").code == 0
    assert "bo" not in say("turn", "--json").facts["there"]
    assert say("away", "bo", "--back").code == 0
    assert "bo" in say("turn", "--json").facts["there"]
    is_asked_wrongly(say, "away", "bo", "--until", "2026-11-02", says="before")
    is_asked_wrongly(say, "away", "bob", says='Did you mean "bo"?')


def test_not_tonight_puts_a_turn_off_and_loses_nothing(say: Say):
    friends()
    sayings.not_tonight("friends", "anna", day(0))
    assert held("friends", day(0)).evening.tells.did == "bo"
    assert "anna" in [member.name for member in evening(1).there]
    assert held("friends", day(1)).evening.tells.did == "anna"
    assert say("not-tonight", "cleo", "--role", "tell", "--date", "2026-11-03").code == 0
    assert evening(2).tells.did == "dov"
    assert "cleo" in evening(2).plays.among


def test_what_is_said_of_a_later_evening_holds_when_one_before_it_was_held():
    friends()
    sayings.not_tonight("friends", "bo", day(1))
    sayings.guest("friends", "mia", day(1))
    sayings.away("friends", "dov", day(1), day(1))
    held("friends", day(0))
    found = evening(1)
    assert [found.tells.did, *(member.name for member in found.there)] == ["cleo", "anna", "bo", "cleo"]
    assert [guest.present.name for guest in found.guests] == ["mia"]


def test_two_who_swap_take_each_others_next_turn_once(say: Say):
    friends()
    assert say("swap", "dov", "anna").code == 0
    assert "dov has swapped with anna" in say("turn", "--date", "2026-11-01").out
    nights = held_for(8)
    assert [one.evening.tells.did for one in nights] == [
        *("dov", "bo", "cleo", "anna"),
        *("anna", "bo", "cleo", "dov"),
    ]
    assert [one.evening.tells.due for one in nights] == ["anna", "bo", "cleo", "dov"] * 2
    assert say("swap", "bo", "cleo", "--json").facts["swapped"]
    assert not say("swap", "cleo", "bo", "--json").facts["swapped"]
    is_asked_wrongly(say, "swap", "bo", "bo", says="nobody to swap with")


def test_a_swap_waits_while_the_other_is_away():
    friends()
    sayings.swap("friends", "anna", "bo", Role.TELL)
    sayings.away("friends", "bo", day(0), day(0))
    assert held("friends", day(0)).evening.tells.did == "anna"
    nights = held_for(3, first=1)
    assert [(one.evening.tells.due, one.evening.tells.did) for one in nights][2] == ("bo", "anna")


def test_a_swap_of_which_half_is_done_is_not_taken_back(say: Say):
    friends()
    sayings.swap("friends", "anna", "bo", Role.TELL)
    held("friends", day(0))
    is_asked_wrongly(say, "swap", "bo", "anna", says="the other half is still to come")
    assert held("friends", day(1)).evening.tells.did == "anna"


def test_a_turn_that_was_taken_is_given_back_by_who_took_it_and_by_nobody_else():
    """anna's next turn comes before bo's own: it is hers."""
    friends(members=FRIENDS[:3])
    sayings.swap("friends", "anna", "bo", Role.TELL)
    assert held("friends", day(0)).evening.tells.did == "bo"
    sayings.away("friends", "bo", day(1), day(4))
    for number in range(1, 5):
        sayings.not_tonight("friends", "anna", day(number), [Role.TELL])
        held("friends", day(number))
    tells = held("friends", day(5)).evening.tells
    assert (tells.due, tells.did) == ("anna", "anna")


def test_a_guest_is_there_and_what_they_tell_counts_for_nobody(say: Say):
    friends()
    assert say("guest", "mia", "--tells", "--teller", "lamp-keeper", "--date", "2026-11-01").code == 0
    tonight = tonight_of("friends", day(0))
    assert tonight.tells is not None
    assert tonight.tells.who == Present("mia", "lamp-keeper", is_guest=True)
    assert held("friends", day(0)).evening.tells.by_guest
    assert evening(1).tells.did == "anna"
    is_asked_wrongly(say, "guest", "bo", says="is a member")
    is_asked_wrongly(say, "guest", "mia", "--plays", says="plays nothing")
    tonight = tonight_of("friends", day(4), guests=("mia",), away=("anna",))
    assert [one.name for one in tonight.present] == ["bo", "mia", "cleo", "dov"]
    with pytest.raises(AskedWrongly):
        tonight_of("friends", day(4), guests=("bo",))


def test_a_guest_who_went_is_in_no_file(home: Path):
    friends()
    sayings.guest("friends", "zebedee-canary", day(0), tells=True)
    held_for(2)
    from lullaby.people.database import compacted
    from lullaby.ritual.circle.book import SCHEMA
    from lullaby.ritual.circle.circles import book_file

    compacted(book_file("friends"), SCHEMA)
    assert all(b"zebedee" not in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_who_has_no_instrument_takes_no_turn_to_play():
    friends(members=(replace(FRIENDS[0], instrument=""), replace(FRIENDS[1], instrument=""), FRIENDS[2]))
    nights = held_for(3)
    assert {one.evening.plays.did for one in nights} == {"cleo"}
    assert evening(5, away=("cleo",)).plays.why == "nobody who is there has an instrument"
    assert evening(5, away=("anna", "bo", "cleo")).tells.why == "nobody of the circle is there"


def test_tonight_is_what_a_ritual_is_composed_for():
    friends(series="the-river")
    tonight = tonight_of("friends", day(0), "restless")
    assert tonight.mood == "restless"
    assert [one.name for one in tonight.present] == ["anna", "bo", "cleo", "dov"]
    assert tonight.tells is not None
    assert tonight.plays is not None
    assert (tonight.tells.who.name, tonight.tells.goes_on.serial, tonight.tells.brings) == (
        "anna",
        "the-river",
        None,
    )
    assert tonight.plays.who.name == "dov"
    assert tonight_of("friends", day(0), "restless") == tonight


def test_a_story_goes_on_where_the_last_teller_stopped(say: Say):
    friends(story="rabbit-on-the-line")
    held("friends", day(0), stopped=Bookmark(41, 161, "9c1e"))
    serial = serial_of("friends")
    assert serial is not None
    assert serial.stopped == Bookmark(41, 161, "9c1e", day(0))
    assert "from sentence 42 of 161" in say("turn").out
    held("friends", day(0), stopped=Bookmark(99, 161, "9c1e"))
    assert serial_of("friends") == serial
    held("friends", day(1), stopped=None)
    assert serial_of("friends").stopped is None
    assert say("change", "--anew").code == 0
    assert serial_of("friends").number == 0


def test_a_woven_series_misses_no_evening_however_many_lie_between():
    friends(series="the-river")
    days = []
    for number in (0, 1, 5, 17):
        days.append(episode_of(serial_of("friends")).woven_for)
        held("friends", day(number))
    assert [(one - days[0]).days for one in days] == [0, 1, 2, 3]
    sayings.guest("friends", "mia", day(20), tells=True)
    held("friends", day(20))
    assert serial_of("friends").number == 5


def test_an_evening_that_was_held_long_ago_is_shown_as_it_was():
    friends()
    nights = held_for(5)
    assert evening(2).held
    assert evening(2).tells.did == nights[2].evening.tells.did
    assert tonight_of("friends", day(2)).tells.who.name == "cleo"
