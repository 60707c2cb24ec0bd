"""A recorded human is a teller: levelled, cut at the pauses, stretched with depth, and nothing of it lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import scipy
from numpy.typing import NDArray
from recordings import CODECS, PHRASES, Talk, kept, talk, voice
from told import Counting, night_that_tells, telling_of
from typed import Say, typing

from lullaby import places
from lullaby.chance import Key
from lullaby.errors import AskedWrongly, CouldNot, WrittenWrongly
from lullaby.evening.facts.checked import facts_of_checked
from lullaby.evening.narration.captions import captions_of
from lullaby.evening.narration.gathering import lay_out, told_with
from lullaby.evening.narration.going_on import text_hash
from lullaby.evening.narration.live import LiveStory
from lullaby.evening.narration.telling import Tale, Told
from lullaby.evening.recorded import hearing, treatment
from lullaby.evening.recorded.told import Recorded, is_recording, recorded, recording_at
from lullaby.narrator import shelf
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import SPEECH_RATE, Spoken
from lullaby.night import Night
from lullaby.night.night import Growth
from lullaby.people.person import Person, avoided
from lullaby.score import check_score, read_score, score_of
from lullaby.score.avoiding import Avoid
from lullaby.score.writing import draft_of, toml_of
from lullaby.story.pauses import ASKED
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.kinds import KINDS

Sound = NDArray[np.float64]

SCORE = """
title = "Told"
length = 00:10:00
[voices]
rain = "open-rain"
keeper = "a-keeper"
[scene.all]
at = 0
rain = -6
[[tell]]
at = 00:01:00
recording = "me.wav"
voice = "keeper"
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A listener's own folder with a teller, and a shelf on which nothing stands."""
    kernels = os.environ["LULLABY_CACHE"]
    home = tmp_path / "home"
    (home / "voices").mkdir(parents=True)
    (home / "voices" / "a-keeper.toml").write_text('kind = "teller"\ndefault = true\n')
    monkeypatch.setenv("LULLABY_HOME", str(home))
    real = places.speech
    monkeypatch.setattr(
        places, "speech", lambda name: tmp_path / "shelf" / real(name).relative_to(Path(kernels))
    )
    return home


def heard(path: Path) -> Recorded:
    return recorded(recording_at(path))


def sounds(found: Recorded) -> list[Sound]:
    """Each phrase as it stands on the shelf."""
    phrases = [beat.recorded for beat in found.beats if beat.recorded is not None]
    return [shelf.spoken_on(one).sound.astype(np.float64) / 32_768 for one in phrases]


def told_of(found: Recorded) -> Told:
    telling = replace(telling_of(at=1), story="me.m4a", path=Path("me.m4a"))
    return told_with(telling, found.text, {}, found.beats)


def tale_of(found: Recorded) -> Tale:
    return Tale(told_of(found), RATE, 20 * 3600 * RATE, Key.root(1), Key.root(2), Counting())


def lufs(sound: Sound, rate: int = SPEECH_RATE) -> float:
    return float(pyloudnorm.Meter(rate).integrated_loudness(sound))


def together(found: Recorded) -> Sound:
    return np.concatenate(sounds(found))


@pytest.mark.parametrize("ending", sorted(CODECS))
def test_whatever_a_telephone_records_is_told(tmp_path: Path, ending: str) -> None:
    said = talk()
    path = kept(tmp_path / f"me{ending}", said.sound)
    assert is_recording(path)
    found = heard(path)
    assert len(found.beats) == len(PHRASES)
    assert [beat.seconds for beat in found.beats] == pytest.approx([p for _, p in PHRASES], abs=0.08)
    assert lufs(together(found)) == pytest.approx(-27, abs=1)


@pytest.mark.parametrize(
    ("levels", "noise", "by"),
    [
        ((0.0,), -75.0, 0.0),
        ((0.0, -9.0, 3.0), -75.0, 0.0),
        ((-30.0,), -80.0, 0.0),
        ((0.0, -6.0), -38.0, 0.0),
        ((12.0,), -50.0, 20.0),
    ],
    ids=["near", "near and far", "faint", "noisy", "clipped"],
)
def test_it_is_levelled_whatever_the_microphone(
    tmp_path: Path, levels: tuple[float, ...], noise: float, by: float
) -> None:
    said = talk(levels=levels, noise=noise)
    sound = np.clip(said.sound * 10 ** (by / 20), -0.99, 0.99)
    found = heard(kept(tmp_path / "me.flac", sound))
    assert len(found.beats) == len(PHRASES)
    assert lufs(together(found)) == pytest.approx(-27, abs=1)
    assert np.abs(together(found)).max() <= 0.9


def test_each_phrase_is_as_loud_as_the_others_and_no_gain_moves_within_it(tmp_path: Path) -> None:
    said = talk(levels=(0.0, -9.0, 3.0))
    found = heard(kept(tmp_path / "me.flac", said.sound))
    for sound, phrase in zip(sounds(found), said.phrases, strict=True):
        if len(phrase) >= 3 * RATE:
            assert lufs(sound) == pytest.approx(-27, abs=1)
    first, then = sounds(found)[0], said.phrases[0][::2]
    alike = scipy.signal.correlate(first[: 2 * SPEECH_RATE], then[: SPEECH_RATE // 2], "valid", "fft")
    at = int(np.argmax(alike))
    tenths = SPEECH_RATE // 10
    ratio = [
        np.std(first[at + k * tenths : at + (k + 1) * tenths]) / np.std(then[k * tenths : (k + 1) * tenths])
        for k in range(1, 38)
    ]
    assert 20 * np.log10(max(ratio) / min(ratio)) < 0.5


def test_a_soft_word_in_noise_is_not_lifted_with_its_noise(tmp_path: Path) -> None:
    """The noise in a phrase said 12 dB softer comes up by less than the phrase would need."""
    phrases = ((5.0, 1.0), (5.0, 1.0), (5.0, 1.0), (5.0, 0.0))
    clean = heard(kept(tmp_path / "clean.flac", talk(phrases, (0.0, 0.0, -12.0, 0.0), -80.0).sound))
    noisy = heard(kept(tmp_path / "noisy.flac", talk(phrases, (0.0, 0.0, -12.0, 0.0), -44.0).sound))
    loud = [lufs(sound) for sound in sounds(noisy)]
    assert lufs(sounds(clean)[2]) == pytest.approx(-27, abs=1)
    assert loud[2] < loud[1] - 3
    assert lufs(together(noisy)) == pytest.approx(-27, abs=1)


def test_pauses_are_silent_however_noisy_the_room(tmp_path: Path) -> None:
    found = heard(kept(tmp_path / "me.flac", talk(noise=-40.0).sound))
    tale = tale_of(found)
    tale.lay_all(None)
    for sound in sounds(found):
        edge = SPEECH_RATE // 100
        assert np.abs(sound[:edge]).max() < 0.02
        assert np.abs(sound[-edge:]).max() < 0.02
    assert all(one.pause > 0 for one in tale.laid[:-1])


def test_nothing_of_the_voice_is_lost_and_the_order_is_kept(tmp_path: Path) -> None:
    """Every phrase is found in its place, whole: with a correlation of 1, as it was said."""
    said = talk()
    found = heard(kept(tmp_path / "me.flac", said.sound))
    for sound, phrase in zip(sounds(found), said.phrases, strict=True):
        wanted = phrase[::2]
        size = 1 << (len(sound) + len(wanted)).bit_length()
        across = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
        lag = int(np.argmax(across))
        assert 0 <= lag <= len(sound) - len(wanted), "its beginning and its end are there"
        inside = sound[lag : lag + len(wanted)]
        assert np.corrcoef(inside, wanted)[0, 1] > 0.995


def pauses_told(tale: Tale) -> list[float]:
    """The silence between the phrases as they are told: from voice to voice, in seconds."""
    found, last = [], 0.0
    for number, one in enumerate(tale.laid):
        assert one.beat.recorded is not None
        sound = shelf.spoken_on(one.beat.recorded).sound.astype(np.float64)
        power = np.convolve(sound**2, np.ones(240) / 240, "same")
        loud = np.flatnonzero(power > power.max() / 1_000)
        began = one.line.start / RATE
        if number:
            found.append(began + loud[0] / SPEECH_RATE - last)
        last = began + loud[-1] / SPEECH_RATE
    return found


def test_every_pause_is_its_own_awake_and_stretched_by_the_factor_at_depth(tmp_path: Path) -> None:
    found = heard(kept(tmp_path / "me.flac", talk().sound))
    own = [pause for _, pause in PHRASES[:-1]]
    awake = tale_of(found)
    awake.lay_all(None)
    assert pauses_told(awake) == pytest.approx(own, abs=0.06)
    deep = tale_of(found)
    pacing = deep.pacing(None)
    at = 60 * PAGE
    assert pacing.depth(at) == 1
    while deep.lay(None, max(at, deep.next)) is not None:
        pass
    assert pauses_told(deep) == pytest.approx([1.5 * pause for pause in own], abs=0.08)
    assert ASKED.towards_sleep == 1.5
    assert deep.laid[0].line.gain_db < awake.laid[0].line.gain_db, "and it is dimmed"


def test_a_breath_is_kept_and_stays_with_what_follows_it(tmp_path: Path) -> None:
    said = talk(((4.0, 1.6), (4.0, 0.0)))
    sound = said.sound.copy()
    first = round((said.starts[1] - 0.5) * RATE)
    breath = (
        0.006 * np.random.default_rng(1).standard_normal(round(0.3 * RATE)) * np.hanning(round(0.3 * RATE))
    )
    sound[first : first + len(breath)] += breath
    found = heard(kept(tmp_path / "me.flac", sound))
    assert len(found.beats) == 2
    assert found.beats[0].seconds == pytest.approx(1.1, abs=0.12), "the pause ends where the breath begins"
    second = sounds(found)[1]
    assert len(second) / SPEECH_RATE > 4.0 + 0.45


def test_who_never_pauses_is_cut_where_nothing_is_heard_of_it(tmp_path: Path) -> None:
    found = heard(kept(tmp_path / "me.flac", talk(((70.0, 0.0),)).sound))
    assert len(found.beats) >= 4
    assert all(beat.recorded and beat.recorded.seconds <= 20.5 for beat in found.beats)
    tale = tale_of(found)
    tale.lay_all(None)
    stops = [one.line.stop for one in tale.laid]
    assert [one.line.start for one in tale.laid[1:]] == stops[:-1], "one begins where the other ends"
    whole, wanted = together(found), talk(((70.0, 0.0),)).phrases[0][::2]
    at = round(0.1 * SPEECH_RATE)
    assert np.corrcoef(whole[at : at + len(wanted)], wanted)[0, 1] > 0.99


def test_hum_and_dc_are_taken_out(tmp_path: Path) -> None:
    said = talk(noise=-80.0)
    at = np.arange(len(said.sound)) / RATE
    hum = 0.05 + 0.03 * np.sin(2 * np.pi * 50 * at) + 0.01 * np.sin(2 * np.pi * 150 * at + 1)
    found = heard(kept(tmp_path / "me.flac", said.sound + hum))
    assert len(found.beats) == len(PHRASES)
    sound = np.concatenate([sound[:1_800] for sound in sounds(found)[1:]])  # before each phrase begins
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) * 4 / len(sound)
    assert 20 * np.log10(spectrum.max() + 1e-9) < -60
    assert abs(together(found).mean()) < 1e-3


def test_channels_that_were_wired_against_each_other_do_not_cancel(tmp_path: Path) -> None:
    said = talk().sound
    found = heard(kept(tmp_path / "me.flac", np.stack([said, -said], axis=1)))
    assert len(found.beats) == len(PHRASES)
    dead = heard(kept(tmp_path / "dead.flac", np.stack([said, 0 * said], axis=1)))
    assert lufs(together(dead)) == pytest.approx(-27, abs=1)


def test_it_is_the_same_again_and_another_where_the_file_is(tmp_path: Path) -> None:
    path = kept(tmp_path / "me.wav", talk().sound)
    first = heard(path)
    before = [sound.tobytes() for sound in sounds(first)]
    for file in (tmp_path / "shelf").rglob("*.*"):
        file.unlink()
    assert heard(path) == first
    assert [sound.tobytes() for sound in sounds(first)] == before
    kept(path, talk(levels=(0.0, -3.0)).sound)
    assert heard(path).of != first.of
    assert text_hash(told_of(heard(path))) != text_hash(told_of(first))


def test_what_is_on_the_shelf_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "me.wav", talk().sound)
    first = heard(path)

    def never(*asked: object) -> None:
        raise AssertionError("it is on the shelf")

    monkeypatch.setattr(shelf, "put", never)
    assert heard(path) == first
    monkeypatch.undo()


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_nobody_else_may_read_what_is_made_of_it(tmp_path: Path) -> None:
    heard(kept(tmp_path / "me.wav", talk().sound))
    made = [path for path in (tmp_path / "shelf").rglob("*") if path.is_file()]
    assert len(made) == 2 * len(PHRASES) + 1, "phrases, their facts, and the list of them"
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


def test_one_phrase_that_is_gone_from_the_shelf_is_made_again(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path / "me.wav", talk().sound)
    first = heard(path)
    assert first.beats[2].recorded is not None
    places.speech(first.beats[2].recorded.name).unlink()
    assert heard(path) == first
    assert sounds(first)


def test_stopped_anywhere_and_asked_again_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path / "me.wav", talk().sound)
    real, count = shelf.put, 0

    def full(name: str, spoken: Spoken) -> Shelved:
        nonlocal count
        count += 1
        if count > 3:
            raise CouldNot("the disk is full.")
        return real(name, spoken)

    monkeypatch.setattr(shelf, "put", full)
    with pytest.raises(CouldNot, match="the disk is full"):
        heard(path)
    monkeypatch.setattr(shelf, "put", real)
    found = heard(path)
    assert len(found.beats) == len(PHRASES)
    again = kept(tmp_path / "other.wav", talk().sound)
    assert heard(again).beats == found.beats, "as if it had never been stopped"


def test_it_is_told_while_a_night_plays_and_hushed_and_gone_on_with(tmp_path: Path) -> None:
    found = heard(kept(tmp_path / "me.flac", talk(PHRASES * 3).sound))
    tale = Tale(told_of(found), RATE, 19 * PAGE, Key.root(1), Key.root(2), Counting())
    narrations = lay_out([tale], None, until=8 * RATE)
    night = Night(night_that_tells([]).score, seed=7, narrations=narrations)
    heard_now = 0
    marks: list[int | None] = []

    def change(asked: Callable[[Night, int], Growth | None]) -> None:
        nonlocal night
        growth = asked(night, heard_now + RATE)
        if growth is not None:
            night = night.from_frame(growth)

    def until(seconds: float) -> None:
        nonlocal heard_now
        while heard_now < seconds * RATE:
            heard_now += RATE // 2
            story.look()

    story = LiveStory(
        [tale], lambda: night, lambda: heard_now, change, marks=lambda tale, sentence: marks.append(sentence)
    )
    until(20)
    story.hush()
    story.look()
    hushed = len(night.narrations[0].lines)
    until(40)
    assert len(night.narrations[0].lines) == hushed
    story.go_on()
    until(200)
    lines = night.narrations[0].lines
    assert {line.name for line in lines} == {one.recorded.name for one in found.beats if one.recorded}
    assert all(after.start >= before.stop for before, after in pairwise(lines))
    assert marks[-1] is None, "it is over"
    assert any(mark for mark in marks)


def test_any_length_is_heard_in_the_same_memory() -> None:
    """Half an hour; all of it is never held at once."""
    shape = hearing.filter_shape()
    longest = held = 0
    minute = np.zeros(PAGE, np.float32)

    def sound() -> object:
        for _ in range(30):
            yield minute

    for (piece,) in hearing._filtered(sound(), (shape,)):  # type: ignore[arg-type]
        longest, held = max(longest, len(piece)), held + len(piece)
    assert held == 30 * 60 * SPEECH_RATE
    assert longest < 6 * SPEECH_RATE


def test_what_is_filtered_in_pieces_is_filtered_as_one() -> None:
    sound = np.random.default_rng(3).standard_normal(11 * RATE).astype(np.float32)
    shape = hearing.filter_shape()
    cut = [sound[:7], sound[7:30_001], sound[30_001:400_000], sound[400_000:]]
    one = np.concatenate([piece for (piece,) in hearing._filtered(iter([sound]), (shape,))])
    other = np.concatenate([piece for (piece,) in hearing._filtered(iter(cut), (shape,))])
    assert (one == other).all()
    assert len(one) == len(sound) // 2


def test_longer_pauses_begin_paragraphs_and_so_does_a_long_one(tmp_path: Path) -> None:
    phrases = ((6.0, 0.8), (6.0, 3.0), (6.0, 0.8), *[(8.0, 0.8)] * 10, (3.0, 0.0))
    found = heard(kept(tmp_path / "me.flac", talk(phrases).sound))
    paragraphs = [beat.paragraph for beat in found.beats]
    assert paragraphs[:3] == [0, 0, 1]
    assert max(paragraphs.count(number) for number in set(paragraphs)) <= 5
    assert paragraphs == sorted(paragraphs)


def test_chapters_of_the_file_become_parts(tmp_path: Path) -> None:
    said = talk()
    chapters = [(0.0, "The pier"), (said.starts[3] - 0.4, "The lamp"), (said.starts[5] + 0.2, "Home")]
    path = kept(tmp_path / "me.m4a", said.sound, {"title": "The keeper", "artist": "Ida"}, chapters)
    found = heard(path)
    assert found.text.title == "The keeper"
    assert found.text.author == "Ida"
    assert [part.heading for part in found.text.parts] == ["The pier", "The lamp", "Home"]
    assert [beat.part for beat in found.beats] == [0, 0, 0, 1, 1, 2, 2]
    tale = tale_of(found)
    tale.lay_all(None)
    assert [heading for _, heading in tale.narration.parts] == ["The pier", "The lamp", "Home"]
    some = found.some_parts(1, 3)
    assert [beat.part for beat in some.beats] == [0, 0, 1, 1]
    assert some.of != found.of


def test_a_recording_has_no_captions(tmp_path: Path) -> None:
    tale = tale_of(heard(kept(tmp_path / "me.flac", talk().sound)))
    tale.lay_all(None)
    assert len(tale.laid) == len(PHRASES)
    assert list(captions_of([tale])) == []


def test_a_recording_of_hours_is_a_book_and_does_not_sink_by_time(tmp_path: Path) -> None:
    found = heard(kept(tmp_path / "me.flac", talk(((5.0, 1.0), (5.0, 0.0))).sound))
    long = replace(found, beats=found.beats * 400)
    assert told_of(long).is_long
    assert not told_of(found).is_long
    assert tale_of(long).pacing(None).depth(3600 * RATE) == 0


# what is wrong with it


def wrong(path: Path) -> str:
    with pytest.raises(WrittenWrongly) as refused:
        heard(path)
    assert refused.value.exit_code == 2
    assert refused.value.where == str(path)
    return str(refused.value)


def test_silence_and_mere_noise_are_refused(tmp_path: Path) -> None:
    assert "nothing in it" in wrong(kept(tmp_path / "silent.wav", np.zeros(3 * RATE)))
    noise = 0.1 * np.random.default_rng(1).standard_normal(20 * RATE)
    assert "nothing in it" in wrong(kept(tmp_path / "noise.wav", noise))


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "me.m4a").write_bytes(b"this is no sound at all" * 100)
    assert "not a sound that can be decoded" in wrong(tmp_path / "me.m4a")
    (tmp_path / "empty.m4a").write_bytes(b"")
    assert "is empty" in wrong(tmp_path / "empty.m4a")
    command = ["-f", "lavfi", "-i", "color=s=64x64:d=1", "-c:v", "mpeg4", str(tmp_path / "mute.mp4")]
    if subprocess.run(["ffmpeg", "-v", "error", *command], check=False).returncode == 0:
        assert "has no sound in it" in wrong(tmp_path / "mute.mp4")


def test_more_than_a_day_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "LONGEST", 10 * RATE)
    assert "longer than 24 hours" in wrong(kept(tmp_path / "me.wav", talk().sound))


def test_a_file_that_is_written_to_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path / "me.wav", talk().sound)
    file = recording_at(path)
    kept(path, talk(levels=(-3.0,)).sound)
    with pytest.raises(CouldNot, match="was changed"):
        recorded(file)


# in a score


def a_score(folder: Path, text: str = SCORE, said: Talk | None = None) -> Path:
    (folder / "night.toml").write_text(text)
    kept(folder / "me.wav", (said or talk()).sound)
    return folder / "night.toml"


def test_a_score_names_a_recording_beside_it(tmp_path: Path) -> None:
    path = a_score(tmp_path)
    assert facts_of_checked(path, None)["right"]
    score = read_score(path, KINDS)
    (telling,) = score.tellings
    assert telling.story == "me.wav"
    assert telling.recording is not None
    again = score_of(toml_of(draft_of(score)), path, KINDS)
    assert again.tellings == score.tellings
    kept(tmp_path / "me.wav", talk(levels=(-3.0,)).sound)
    assert read_score(path, KINDS).sources != score.sources, "another recording is another night"


def test_a_recording_may_lie_among_the_listeners_own_scores(tmp_path: Path, own: Path) -> None:
    (own / "scores").mkdir()
    path = a_score(tmp_path)
    (tmp_path / "me.wav").rename(own / "scores" / "me.wav")
    assert check_score(path, KINDS) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('recording = "gone.wav"', "is not there"),
        ('recording = "../me.wav"', "is not beside the score"),
        ('recording = "/etc/passwd"', "is not beside the score"),
        ("recording = 3", "a number"),
        ('recording = "me.wav"\nstory = "rabbit-on-the-line"', "a story and a recording"),
        ("", 'has no "story"'),
        ('recordings = "me.wav"\nstory = "rabbit-on-the-line"', 'there is no "recordings"'),
    ],
)
def test_what_is_wrong_with_a_recording_in_a_score_is_said_in_its_place(
    tmp_path: Path, line: str, says: str
) -> None:
    path = a_score(tmp_path, SCORE.replace('recording = "me.wav"', line))
    mistakes = [str(mistake) for mistake in check_score(path, KINDS)]
    assert any(says in mistake for mistake in mistakes), mistakes
    assert all(mistake.startswith(f"{path}, telling") for mistake in mistakes)


def test_check_says_that_a_recording_is_no_sound(tmp_path: Path) -> None:
    path = a_score(tmp_path)
    (tmp_path / "me.wav").write_text("no sound")
    facts = facts_of_checked(path, None)
    assert not facts["right"]
    assert "me.wav" in facts["mistakes"][0]
    assert "not a sound that can be decoded" in facts["mistakes"][0]


def test_an_avoid_list_counts_a_recording_by_its_name(tmp_path: Path) -> None:
    path = a_score(tmp_path, SCORE.replace("me.wav", "the-big-spider.wav"))
    (tmp_path / "me.wav").rename(tmp_path / "the-big-spider.wav")
    score = read_score(path, KINDS)
    assert score.tellings
    for avoid in (Avoid(words=("spider",)), Avoid(clips=("the-big-spider.wav",))):
        assert avoided(Person("mina", avoid=avoid), score).tellings == ()
    assert avoided(Person("mina", avoid=Avoid(words=("wolf",))), score).tellings


def test_the_night_makes_room_for_it(tmp_path: Path) -> None:
    from lullaby.evening import Request, prepared

    path = a_score(tmp_path)
    night = prepared(Request(str(path), sleeper="none")).night
    (narration,) = night.narrations
    assert len(narration.lines) == len(PHRASES)
    span = Span(narration.lines[0].start, narration.lines[2].stop)
    said, rain = night.stem("keeper", span), night.stem("rain", span)
    assert lufs(said.astype(np.float64), RATE) > lufs(rain.astype(np.float64), RATE) + 9
    assert isinstance(night, Night)


AT_THE_END = SCORE.replace("00:10:00", "00:02:00")


def test_a_telling_that_has_its_time_before_the_end_is_told(tmp_path: Path) -> None:
    from lullaby.evening import Request, prepared

    path = a_score(tmp_path, AT_THE_END)
    evening = prepared(Request(str(path), sleeper="none"))
    (narration,) = evening.night.narrations
    assert len(narration.lines) == len(PHRASES)
    assert narration.stop < evening.night.length - evening.night.plan.fade_out
    assert not evening.notes
    assert facts_of_checked(path, None)["untold"] == []
    faded = prepared(Request(str(a_score(tmp_path, "fade_out = 60\n" + AT_THE_END)), sleeper="none"))
    assert len(faded.night.narrations[0].lines) == len(PHRASES)  # it may reach into a fade that is asked for


def test_what_a_night_is_too_short_for_is_said(tmp_path: Path) -> None:
    from lullaby.cli.why.sentences import lines_of
    from lullaby.evening import Request, prepared
    from lullaby.evening.facts.moment import later
    from lullaby.night.credits import credits, spoken
    from lullaby.night.why import why

    path = a_score(tmp_path, AT_THE_END.replace("at = 00:01:00", "at = 00:01:50"))
    (note,) = prepared(Request(str(path), sleeper="none")).notes
    assert re.fullmatch(r"me is told up to sentence \d of \d, for the night ends at 00:02:00.", note.says)
    (said,) = facts_of_checked(path, None)["untold"]
    assert "from 00:01:50 on, and the night ends at 00:02:00" in said

    text = "fade_out = 60\n" + AT_THE_END.replace("at = 00:01:00", "at = 00:01:50")
    evening = prepared(Request(str(a_score(tmp_path, text)), sleeper="none"))
    night = evening.night
    assert [one.says for one in evening.notes] == [
        "me is not told: it would begin at 00:01:50, and the night ends at 00:02:00."
    ]
    assert "me" not in credits(night.score, spoken(night.narrations)).text.split()
    assert "keeper  silent: it tells nothing" in lines_of(night, why(night, 70 * RATE))
    assert "is not told" in later(night)[0]


# on the command line


@pytest.fixture
def lullaby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.chdir(tmp_path)
    return typing(capsys)


def test_tell_keeps_a_recording_as_a_file_and_another_process_says_the_same(
    tmp_path: Path, ffprobe: Callable[[Path], dict[str, object]], lullaby: Say
) -> None:
    kept(tmp_path / "me.m4a", talk().sound, chapters=[(0.0, "One"), (9.9, "Two")])
    said = lullaby("tell", "me.m4a", "-o", "one.m4b")
    assert said.code == 0, said.err
    command = [sys.executable, "-m", "lullaby", "tell", "me.m4a", "-o", "two.m4b"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "one.m4b").read_bytes() == (tmp_path / "two.m4b").read_bytes()
    chapters = json.loads(json.dumps(ffprobe(tmp_path / "one.m4b")["chapters"]))
    assert [chapter["tags"]["title"] for chapter in chapters] == ["One", "Two"]


def test_subtitles_of_a_recording_are_refused(tmp_path: Path, lullaby: Say) -> None:
    kept(tmp_path / "me.mp3", talk().sound)
    said = lullaby("tell", "me.mp3", "-o", "me.m4b", "--subtitles", "me.srt")
    assert said.code == 2
    assert "nobody has written down" in said.err
    assert not (tmp_path / "me.m4b").exists()


def test_what_cannot_be_told_is_said_in_a_line(tmp_path: Path, lullaby: Say) -> None:
    kept(tmp_path / "me.wav", np.zeros(3 * RATE))
    said = lullaby("tell", "me.wav", "-o", "me.m4b")
    assert said.code == 2
    assert "me.wav: nothing in it" in said.err
    assert "Traceback" not in said.err


def test_a_voice_is_told_from_a_click(tmp_path: Path) -> None:
    said = talk(((4.0, 1.5), (4.0, 0.0)))
    sound = said.sound.copy()
    at = round((said.starts[1] - 0.7) * RATE)
    sound[at : at + 240] += 0.3 * np.random.default_rng(2).standard_normal(240)
    found = heard(kept(tmp_path / "me.flac", sound))
    assert len(found.beats) == 2


def test_parts_that_a_recording_does_not_have_are_refused(tmp_path: Path) -> None:
    from lullaby.evening.narration.alone import which_parts

    found = heard(kept(tmp_path / "me.flac", talk().sound))
    with pytest.raises(AskedWrongly, match="has one part: leave --parts out"):
        which_parts(found.text, "2")
    assert treatment.VERSION
    assert len(voice(1.0)) == RATE
