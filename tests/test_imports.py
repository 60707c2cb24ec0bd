"""Other programs' presets become nights that play, and a line is said for whatever could not come along."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from work_done import grows_with_length

from lullaby import places
from lullaby.cli import main
from lullaby.errors import AskedWrongly, LullabyError, WrittenWrongly
from lullaby.evening import Request, prepared
from lullaby.night import Night
from lullaby.score import SILENT, Score, check_score, find_voice, score_of
from lullaby.score.foreign import Foreign, read_foreign
from lullaby.score.foreign.sounds import COUNTERPARTS, MISSING, slug
from lullaby.score.setting_values import setting_value, settings
from lullaby.score.writing import toml_of
from lullaby.time import RATE, Span, clock
from lullaby.voices.kinds import KINDS

Bring = Callable[..., tuple[Foreign, ...]]

NOICE = json.dumps(
    {
        "version": "v1",
        "presets": [
            {"id": "1", "name": "By the sea", "soundStates": {"seashore": 0.8, "seagulls": 0.2, "rain": 0.4}},
            {"id": "2", "name": "Storm", "soundStates": {"rain": 1.0, "thunder": 0.5, "brownian_noise": 0.1}},
        ],
        "exportedAt": "some day",
    },
    indent=2,
)
MOODIST = json.dumps(
    {
        "state": {
            "presets": [{"label": "Tent", "sounds": {"rain-on-tent": 0.5, "campfire": 0.4, "waves": 0.05}}]
        },
        "version": 0,
    }
)
SBAGEN = """\
## A test of mine
-SE
theta: pink/40 150+6/30 bell+300/20   # with a bell
deep:  pink/40 150+2/30
swing: spin:300+4/20 300/10 100-0.3/5
off:   -
burst: {
  +00:00 theta
  +00:10 deep
}
NOW     == theta ->
+00:20  == deep ->
+00:40  deep
+00:50  burst
+01:20  <> swing
+01:30  off
"""
SYNAPSEQ = """\
## A test of mine
@ambiance rain
@volume 80
base as template
  noise pink amplitude 40
  tone 200 binaural 8 amplitude 20
  ambiance rain amplitude 30
low from base
  track 2 binaural -5
  track 1 amplitude +10
first from base
  track 2 amplitude 20
high
  noise pink amplitude 40
  waveform square tone 200 isochronic 8 effect pan 0.5 intensity 40 amplitude left 20 right 10
00:00:00 silence
00:00:20 first ease-in
00:10:00 low smooth 3
00:20:00 high
00:21:00 silence
"""
OLD = [{"soundId": "rain", "volume": 20}]
OLDER = [{"soundKey": "heavy_rain", "volume": 13, "timePeriod": 60}]
SAMPLES = {"noice.json": NOICE, "moodist.json": MOODIST, "a.sbg": SBAGEN, "a.spsq": SYNAPSEQ}


@pytest.fixture
def bring(tmp_path: Path) -> Bring:
    """Reads a text as a file of this name."""

    def read(text: str | bytes, name: str = "strange.txt") -> tuple[Foreign, ...]:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return read_foreign(path, KINDS)

    return read


def score(foreign: Foreign) -> Score:
    return score_of(toml_of(foreign.draft), "imported.toml", KINDS)


def wrong(bring: Bring, text: str | bytes, name: str = "strange.txt") -> str:
    with pytest.raises(AskedWrongly) as caught:
        bring(text, name)
    return str(caught.value)


def levels(foreign: Foreign) -> dict[str, float]:
    """What the opening says of each voice."""
    return {name: change["level"] for name, change in score(foreign).scenes[0].changes.items()}  # type: ignore[misc]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_imported_score_is_right_and_plays(name: str, bring: Bring, tmp_path: Path):
    for number, foreign in enumerate(bring(SAMPLES[name], name)):
        path = tmp_path / f"{number}.toml"
        path.write_text(toml_of(foreign.draft), "utf-8")
        assert check_score(path, KINDS) == []
        night = Night(score(foreign), gain=1.0)
        for at in (10, night.length // RATE - 2):
            sound = night.render(Span(at * RATE, (at + 1) * RATE))
            assert np.isfinite(sound).all()
        assert np.abs(night.render(Span(10 * RATE, 11 * RATE))).max() > 0


def test_a_program_is_known_by_what_it_writes_and_not_by_the_ending(bring: Bring):
    programs = [bring(text, "x.txt")[0].program for text in SAMPLES.values()]
    assert programs == ["Noice", "Moodist", "SBaGen", "SynapSeq"]


def test_every_counterpart_is_a_voice_there_is_and_may_be_told_so():
    for name, ours in COUNTERPARTS.items():
        voice = find_voice(ours.voice, KINDS)
        assert voice.path.parent == places.shipped("voices")
        for key, value in ours.values.items():
            setting_value(value, settings(voice.kind)[key])
        assert name == name.lower().replace("_", "-").replace(" ", "-")


BANDS = {"delta": (0.5, 4), "theta": (4, 8), "alpha": (8, 13), "beta": (13, 30), "gamma": (30, 50)}
"""Hz, as electroencephalograms are divided."""


@pytest.mark.parametrize("band", BANDS)
def test_a_binaural_band_is_played_as_a_beat_of_that_band(band: str, bring: Bring):
    (found,) = bring(
        json.dumps({"state": {"presets": [{"label": "B", "sounds": {f"binaural-{band}": 0.5}}]}})
    )
    (voice,) = score(found).voices
    low, high = BANDS[band]
    assert low <= voice.values["beat"] <= high  # type: ignore[operator]
    assert f"a beat of {voice.values['beat']:g} Hz on {voice.values['tone']:g} Hz" in " ".join(found.remarks)


NOICE_SOUNDS = """
airplane_inflight airplane_seatbelt_beeps birds bonfire brownian_noise coffee_shop creaking_ship crickets
distant_thunder electric_car heavy_rain howling_wolf human_heartbeat light_rain moderate_rain
morning_in_a_village moving_train night office pink_noise public_library purring_cat quiet_conversation
rolling_thunder screeching_seagulls seaside soft_wind thunder_crack train_horn walking_through_the_snow
water_hose water_stream white_noise wind_chimes_of_shells wind_in_palm_trees air_travel campfire
creaking_boat heartbeat quiet_conversations rain seagulls seashore thunder train village_morning
walking_in_snow wind_chimes wind_through_palm_trees wolves
"""
"""The keys of its first library, and those that took their places in its second."""
MOODIST_SOUNDS = """
river waves campfire wind howling-wind wind-in-trees waterfall walk-in-snow walk-on-leaves walk-on-gravel
droplets jungle light-rain heavy-rain thunder rain-on-window rain-on-car-roof rain-on-umbrella
rain-on-tent rain-on-leaves birds seagulls crickets wolf owl frog dog-barking horse-gallop horse-galopp
cat-purring crows whale beehive woodpecker chickens cows sheep highway road ambulance-siren busy-street
crowd traffic fireworks cafe airport church temple construction-site underwater crowded-bar night-village
subway-station office supermarket carousel laboratory laundry-room restaurant library train
inside-a-train airplane submarine sailboat rowing-boat keyboard typewriter paper clock wind-chimes
singing-bowl ceiling-fan dryer slide-projector boiling-water bubbles tuning-radio morse-code
washing-machine vinyl-effect windshield-wipers heartbeat white-noise pink-noise brown-noise
binaural-delta binaural-theta binaural-alpha binaural-beta binaural-gamma
"""
SOUNDS = dict.fromkeys([*NOICE_SOUNDS.split(), *MOODIST_SOUNDS.split()])


@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_of_those_apps_has_a_voice_or_is_known_to_have_none(name: str):
    assert (slug(name) in COUNTERPARTS) != (slug(name) in MISSING)


def test_what_is_listed_as_missing_is_a_sound_of_those_apps():
    assert {slug(name) for name in SOUNDS} >= MISSING


def test_a_sound_is_played_by_the_voice_that_is_that_very_thing():
    same = {
        "thunder": "thunder",
        "cat-purring": "purr",
        "crickets": "crickets",
        "campfire": "fire",
        "wind": "wind",
        "river": "stream",
        "ceiling-fan": "fan",
        "howling-wind": "howl",
        "wind-in-trees": "leaves",
        "frog": "frogs",
        "birds": "birds",
        "heartbeat": "heartbeat",
        "inside-a-train": "train",
    }
    assert {name: find_voice(COUNTERPARTS[name].voice, KINDS).kind.name for name in same} == same
    assert COUNTERPARTS["rain-on-tent"].voice == "tent-rain"
    assert COUNTERPARTS["rain-on-window"].voice == "rain-on-the-window"


@pytest.mark.parametrize(
    ("sounds", "heard"),
    [
        ({"rain": 0.8, "thunder": 0.8}, {"rain", "thunder"}),
        (
            {"crickets": 0.24, "seagulls": 0.24, "seashore": 0.8, "wind_through_palm_trees": 0.6},
            {"crickets", "seashore", "wind-through-palm-trees"},
        ),
        (
            {"campfire": 0.88, "night": 0.24, "quiet_conversations": 0.2, "soft_wind": 0.32, "wolves": 0.12},
            {"campfire", "night", "soft-wind"},
        ),
    ],
)
def test_the_presets_noice_comes_with_are_heard(sounds: dict[str, float], heard: set[str], bring: Bring):
    (found,) = bring(json.dumps([{"id": "1", "name": "By default", "soundStates": sounds}]))
    assert set(found.draft.voices) == heard
    assert score(found).voices


def test_what_has_no_voice_here_is_said_and_left_out(bring: Bring):
    sea, storm = bring(NOICE, "n.json")
    assert sea.remarks == ('"seagulls" at 20 %: lullaby has no voice for it yet; left out.',)
    assert '# - "seagulls" at 20 %' in toml_of(sea.draft)
    assert {name: voice.voice for name, voice in storm.draft.voices.items()} == {
        "rain": "open-rain",
        "thunder": "thunder-beyond-the-hills",
        "brownian-noise": "brown-noise",
    }


def test_volumes_become_levels_below_the_loudest(bring: Bring):
    (tent,) = bring(MOODIST, "m.json")
    assert levels(tent) == {"rain-on-tent": 0.0, "campfire": -1.9, "waves": -20.0}
    # Noice plays the square of what its slider says
    sea, storm = bring(NOICE, "n.json")
    assert levels(sea) == {"seashore": 0.0, "rain": -12.0}
    assert levels(storm) == {"rain": 0.0, "thunder": -12.0, "brownian-noise": -40.0}


def test_a_mix_lasts_eight_hours_and_is_called_as_it_was(bring: Bring):
    (tent,) = bring(MOODIST, "m.json")
    assert (score(tent).length, score(tent).title) == (8 * 3600 * RATE, "Tent")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"version": "presets.v2", "data": json.dumps([{"name": "a", "playerStates": OLD}])}),
        json.dumps([{"id": "1", "name": "a", "playerStates": OLDER}]),
        '[{"a": "a", "b": [{"a": "light_rain", "b": 0.75, "c": 30}]}]',
        '{"name": "a", "soundStates": {"rain": 0.3}}',
        "https://trynoice.com/preset?v=1&n=a&s=" + quote('{"rain":0.3}'),
        "https://trynoice.com/preset?n=a&ps=" + quote('[{"soundId":"rain","volume":3}]'),
    ],
)
def test_noice_is_read_in_all_its_versions(text: str, bring: Bring):
    (found,) = bring(text)
    assert (found.program, found.draft.title) == ("Noice", "a")
    assert [voice.voice for voice in found.draft.voices.values()] == ["open-rain"]


@pytest.mark.parametrize(
    "text",
    [
        '{"waves": 0.3}',
        '[{"label": "x", "sounds": {"waves": 1}}]',
        '{"label": "x", "sounds": {"waves": 1}}',
        '{"state": {"sounds": {"waves": {"isSelected": true, "volume": 0.5}, "wind": {"volume": 1}}}}',
        "https://moodist.example/?share=" + quote('{"waves":0.31}'),
    ],
)
def test_moodist_is_read_as_preset_choice_and_link(text: str, bring: Bring):
    (found,) = bring(text)
    assert found.program == "Moodist"
    assert [voice.voice for voice in found.draft.voices.values()] == ["shore"]


def test_nothing_with_a_counterpart_is_an_answer_too(bring: Bring):
    assert "nothing in it has a counterpart" in wrong(bring, '{"seagulls": 0.5, "cafe": 1}')
    assert "nothing in it has a counterpart" in wrong(bring, "ts: mix/90\nNOW ts\n")


def test_a_slide_is_walked_in_steps_and_says_so(bring: Bring):
    (found,) = bring(SBAGEN, "a.sbg")
    night = score(found)
    beats = [voice.values["beat"] for voice in found.draft.voices.values() if "beat" in voice.values]
    assert beats[:9] == [6.0, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0, 2.5, 2.0]
    assert any("in steps" in remark for remark in found.remarks)
    (bell,) = (voice for voice in found.draft.voices.values() if voice.voice == "buoy-bell")
    assert bell.values["pitch"] == 300.0
    assert any("bell" in remark for remark in found.remarks)
    assert night.length == 90 * 60 * RATE


def test_what_slides_to_the_same_volume_stays_as_loud_on_its_way(bring: Bring):
    (found,) = bring("a: 150+6/30\nb: 150+2/30\n00:00 == a ->\n01:00 == b ->\n02:00 b\n", "a.sbg")
    said = [change.get("level", 0.0) for scene in score(found).scenes for change in scene.changes.values()]
    assert len(said) > 4
    assert set(said) <= {0.0, SILENT}


def test_a_change_begins_no_sooner_than_half_way_from_the_mark_before(bring: Bring):
    """Of what cannot glide: half a minute round its mark, or less where marks lie closer."""
    presets = "a\n  noise pink amplitude 20\nb\n  noise brown amplitude 20\n"
    (found,) = bring(presets + "00:00:00 a\n00:10:00 a\n00:10:20 b\n00:20:00 b\n", "a.spsq")
    (comes,) = (scene for scene in score(found).scenes if scene.at and "brown-noise" in scene.changes)
    (goes,) = (scene for scene in score(found).scenes if scene.at and "pink-noise" in scene.silent)
    assert goes.at == (10 * 60 + 10) * RATE
    assert goes.at < comes.at <= (10 * 60 + 20) * RATE < comes.at + comes.over


def test_sequences_by_the_clock_begin_at_lights_out_and_pass_midnight(bring: Bring):
    text = "ts: 200+4/20\nup: 200+10/20\noff: -\n23:30 ts\n00:30 up\n07:00 off\n"
    (found,) = bring(text)
    at = [round(scene.at / RATE) for scene in score(found).scenes]
    assert at == [0, 3600 - 30, 3600, 7 * 3600 + 1800 - 30]
    assert score(found).length == (7 * 3600 + 1800 + 1) * RATE


def test_a_sequence_without_an_end_says_how_it_ends_here(bring: Bring):
    (held,) = bring("## 6 Hz\nts: pink/40 150+6/15\n0:00 ts\n")
    assert score(held).length == 8 * 3600 * RATE
    (endless,) = bring("a: 150+6/15\nb: 150+4/15\nNOW a\n+00:10 b\n")
    assert score(endless).length == (600 + 30 + 60) * RATE
    assert all(any("no end" in remark for remark in found.remarks) for found in (held, endless))


def test_synapseq_templates_overrides_and_silence(bring: Bring):
    (found,) = bring(SYNAPSEQ, "a.spsq")
    night = score(found)
    assert night.length == 21 * 60 * RATE
    assert (night.scenes[0].at, night.scenes[0].over) == (0, 20 * RATE)
    voices = [dict(voice.values) for voice in found.draft.voices.values()]
    assert {"tone": 200.0, "beat": 3.0} in voices, "8 Hz, overridden by -5"
    assert {"tone": 200.0, "beat": 8.0, "pan": -0.33} in voices
    assert night.scenes[-1].silent == {"pink-noise", "pulse"}


LIST = """\
soft
  noise brown amplitude 40
  tone 200 binaural 10 amplitude 10
low as template
  noise pink amplitude 20
"""
NAMES_A_LIST = """\
@presetlist soft.spsq
own from low
  track 1 amplitude 30
00:00:00 soft
00:10:00 own
00:20:00 silence
"""
OLD_SYNAPSEQ = """\
-SE
ts-start: pink/40 square:200+10/15 bspin:300+4/20
off: -
00:00:00 off ->
00:00:15 ts-start
00:30:00 off
"""
LESS_OLD = """\
a
  tone 200 bin 8 amplitude 20
b
  tone 250 harmonicbox 8 amplitude 15
00:00:00 a
00:09:00 a slide smooth
00:10:00 b
"""
EFFECTS = """\
@background sounds/rain.wav
a
  noise pink effect pan 0.5 intensity 40 amplitude 40
  spin brown width 300 rate 1.5 amplitude 15
  tone 300 effect modulation 8 intensity 50 amplitude 20
  background pulse 5 intensity 35 amplitude 50
00:00:00 a
00:10:00 a
"""


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("@presetlist soft.spsq", "soft.spsq"),
        ("@presetlist lists/soft.spsq", "lists/soft.spsq"),
        ("@extends soft", "soft.spsc"),
    ],
)
def test_presets_are_taken_from_a_list_that_lies_beside_the_sequence(
    option: str, name: str, bring: Bring, tmp_path: Path
):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(LIST)
    (found,) = bring(NAMES_A_LIST.replace("@presetlist soft.spsq", option), "a.spsq")
    assert set(found.draft.voices) == {"brown-noise", "beats", "pink-noise"}
    assert score(found).length == 20 * 60 * RATE


@pytest.mark.parametrize(
    "named", ["../soft.spsq", "/etc/passwd", "~/soft.spsq", "a/../../soft.spsq", ".soft"]
)
def test_a_list_outside_of_the_folder_is_never_opened(named: str, bring: Bring, tmp_path: Path):
    (tmp_path.parent / "soft.spsq").write_text(LIST)
    said = wrong(bring, NAMES_A_LIST.replace("soft.spsq", named, 1), "a.spsq")
    assert "a.spsq, line 1: " in said
    assert "folder of the sequence" in said


def test_a_link_that_leads_out_of_the_folder_is_not_followed(bring: Bring, tmp_path: Path):
    (tmp_path.parent / "elsewhere.spsq").write_text(LIST)
    (tmp_path / "soft.spsq").symlink_to(tmp_path.parent / "elsewhere.spsq")
    assert "leads out of the folder" in wrong(bring, NAMES_A_LIST, "a.spsq")


def test_a_list_that_is_wrong_or_missing_is_said_where_it_is(bring: Bring, tmp_path: Path):
    assert 'a.spsq, line 1: "soft.spsq" is not there' in wrong(bring, NAMES_A_LIST, "a.spsq")
    (tmp_path / "soft.spsq").write_text("soft\n  noise red amplitude 40\n")
    assert "soft.spsq, line 2: " in wrong(bring, NAMES_A_LIST, "a.spsq")
    (tmp_path / "soft.spsq").write_text("@presetlist soft.spsq\n")
    assert "names no other list" in wrong(bring, NAMES_A_LIST, "a.spsq")
    (tmp_path / "soft.spsq").write_text(LIST + "00:00:00 soft\n")
    assert "has no timeline" in wrong(bring, NAMES_A_LIST, "a.spsq")
    assert "@presetlist" in wrong(bring, LIST, "b.spsq"), "a list alone says who would name it"


def test_more_lists_than_a_sequence_may_name_are_refused_at_their_line(bring: Bring, tmp_path: Path):
    for number in range(40):
        (tmp_path / f"{number}.spsq").write_text(f"soft{number}\n  noise brown amplitude 40\n")
    lists = "".join(f"@presetlist {number}.spsq\n" for number in range(40))
    said = wrong(bring, lists + "00:00:00 soft1\n00:10:00 soft2\n", "a.spsq")
    most = re.search(r"more than (\d+) lists", said)
    assert most
    assert f"line {int(most[1]) + 1}: " in said


def test_presets_at_an_address_are_not_fetched(bring: Bring):
    said = wrong(bring, "@extends https://example.com/p.spsc\n00:00:00 a\n00:01:00 a\n", "a.spsq")
    assert "line 2: there is no preset" in said
    assert "https://example.com/p.spsc" in said


def test_the_first_forms_of_synapseq_are_read(bring: Bring):
    (found,) = bring(OLD_SYNAPSEQ, "old.spsq")
    assert found.program == "SynapSeq"
    assert set(found.draft.voices) == {"pink-noise", "beats", "brown-noise"}
    assert any("square" in remark for remark in found.remarks)
    (found,) = bring(LESS_OLD, "later.spsq")
    assert {voice.voice for voice in found.draft.voices.values()} == {"between-the-ears"}


def test_effects_are_played_or_said(bring: Bring):
    (found,) = bring(EFFECTS, "e.spsq")
    assert {name: voice.voice for name, voice in found.draft.voices.items()} == {
        "pink-noise": "pink-noise",
        "brown-noise": "brown-noise",
        "pulse": "slow-pulse",
        "rain": "open-rain",
    }
    assert found.draft.voices["pulse"].values == {"tone": 300.0, "beat": 8.0, "depth": 0.5}
    said = " ".join(found.remarks)
    assert all(effect in said for effect in ("pan: ", "spin: ", "pulse: ", '"rain": a recording there'))


@pytest.mark.parametrize(
    ("asked", "minutes", "beats", "pitches"),
    [
        ("drop 00ds+", 60, (10.0, 2.5), (205.0, 200.0)),
        ("drop 00d", 30, (10.0, 2.5), (204.5, 200.0)),
        ("drop 00ds", 30, (10.0, 2.5), (205.0, 200.0)),
        ("drop 10.5ak^/2", 33, (10.0, 10.0), (183.83, 184.0)),
        ("drop t40,10,5 20fs+", 50, (10.0, 1.5), (165.0, 160.0)),
        ("slide 200+10/1", 30, (10.0, 10.0), (200.0, 60.0)),
        ("slide t60 100+8/1", 60, (8.0, 8.0), (100.0, 60.0)),
    ],
)
def test_what_sbagen_works_out_for_itself_is_worked_out_here(
    asked: str, minutes: int, beats: tuple[float, float], pitches: tuple[float, float], bring: Bring
):
    (found,) = bring(f"-m river1.ogg -p {asked} mix/100 pink/20\n", "p.sbg")
    night = score(found)
    assert 0 <= night.length / RATE - 60 * minutes <= 16
    assert {"river1", "pink-noise"} <= found.draft.voices.keys()
    pairs = [voice.values for voice in found.draft.voices.values() if voice.voice == "between-the-ears"]
    assert (pairs[0]["beat"], pairs[-1]["beat"]) == beats
    assert (pairs[0]["tone"], pairs[-1]["tone"]) == pitches


@pytest.mark.parametrize(
    "asked", ["drop", "drop 00z", "drop 101a", "slide", "slide 200/1", "nsigmoid 10", "drop t0,0,0 00d"]
)
def test_what_cannot_be_worked_out_is_said(asked: str, bring: Bring):
    assert f"-p {asked}" in wrong(bring, f"-p {asked}\n", "p.sbg")


def test_bells_ring_about_as_often_as_they_are_struck(bring: Bring):
    text = "a: pink/40 bell+440/20\nb: pink/40 bell+880/20\n" + "".join(
        f"0:{3 * i:02d} {'ab'[i % 2]}\n" for i in range(8)
    )
    (found,) = bring(text, "b.sbg")
    bells = [voice.values for voice in found.draft.voices.values() if voice.voice == "buoy-bell"]
    assert [(bell["pitch"], bell["every"]) for bell in bells] == [(440.0, 180.0), (880.0, 180.0)]


def test_a_waveform_of_its_own_is_said_to_be_a_sine_here(bring: Bring):
    (found,) = bring("wave00: 0 1 0 -1\na: 200+10/20\n00:00 a\n00:30 a\n", "t.sbg")
    assert any(remark.startswith("wave00: ") and "sines" in remark for remark in found.remarks)


def test_voices_of_one_sort_are_numbered_from_one(bring: Bring):
    (found,) = bring("a: 200+10/20 100+4/10 150+6/5\n00:00 a\n00:30 a\n", "t.sbg")
    assert set(found.draft.voices) == {"beats-1", "beats-2", "beats-3"}


def test_both_ears_count_alike_for_how_loud_a_track_is(bring: Bring):
    text = "a\n  noise pink amplitude 20\n  tone 200 binaural 8 amplitude {}\n00:00:00 a\n00:10:00 a\n"
    both, left, right = (
        levels(bring(text.format(loud), "a.spsq")[0])["beats"]
        for loud in ("20", "left 20 right 5", "left 5 right 20")
    )
    assert left == right < both


def test_a_line_may_hold_its_tones_itself(bring: Bring):
    (found,) = bring("00:00 200+10/20\n00:30 180~6/20\n", "t.sbg")
    assert found.draft.voices["beats"].values == {"tone": 200.0, "beat": 10.0}
    assert found.draft.voices["pulse"].values == {"tone": 180.0, "beat": 6.0}


def test_scenes_of_long_sequences_never_overlap(bring: Bring):
    lines = [
        f"{i // 60:02d}:{i % 60:02d} {'== ' if i % 3 else ''}t{i % 40}{' ->' if i % 2 else ''}"
        for i in range(900)
    ]
    sets = [
        f"t{i}: pink/{20 + i} {100 + i * 3}+{1 + i / 4}/20 {'-' if i % 5 else '300/4'}" for i in range(40)
    ]
    night = score(bring("\n".join([*sets, *lines]))[0])
    assert len(night.scenes) > 900
    assert all(a.at + a.over <= b.at for a, b in zip(night.scenes, night.scenes[1:], strict=False))
    assert all(s.over >= RATE // 2 for s in night.scenes[1:])


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("ts: 200+4/20 hum/3\nNOW ts\n", 1, '"hum/3" is not a tone'),
        ("ts: 200+4/20\n\nNOW tz\n", 3, 'no tone-set "tz"'),
        ("ts: 200+4/20\nNOW ts\nsometime later\n", 3, "not a line of a sequence"),
        ("ts: 200+4/20\nNOW+01:00 ts\nNOW+00:30 ts\n", 3, "before the line above"),
        ("a: {\n+00:00 a\n}\nNOW a\n", 2, "stands in itself"),
        ("ts: 200+4/200\nNOW ts\n", 1, "louder than 100"),
        ("a\n  tone 200 amplitude 20\n00:00:00 b\n", 3, 'no preset "b"'),
        ("a\n  tone x amplitude 20\n", 2, "not a number"),
        ("a\n  tone 200 amplitude\n", 2, "the line ends where"),
        ("a\n  noise red amplitude 20\n", 2, "not a noise"),
        ("a\n  tone 200 amplitude 20\n00:00:05 a\n", 3, "begins at 00:00:00"),
        ("a\n  tone 200 amplitude 20\n00:00:00 a\n", 3, "two lines at least"),
        ('{\n"rain": 0.5,\n"waves": 3}', 3, "goes from 0 to 1"),
        ('{\n"rain": true}', 2, "not a number"),
        ('{\n"rain": 0.5,\n"rains": true}', 3, "not a number"),
        ("a as template\n  noise pink amplitude 20\nb from a\n  track 0 amplitude 9\n", 4, 'no track "0"'),
        ("a as template\n  noise pink amplitude 20\nb from a\n  track 2 amplitude 9\n", 4, 'no track "2"'),
        ('{"rain": NaN}', 1, "nothing can hold"),
        ('{"rain": 1e999}', 1, "goes from 0 to 1"),
        ('{"rain": -0.1}', 1, "goes from 0 to 1"),
        ('{"rain": ' + "9" * 400 + "}", 1, "goes from 0 to 1"),
        ('{"rain": ' + "9" * 5000 + "}", 1, "nothing can hold"),
        ('{\n"rain": }', 2, "not right as JSON"),
        ("[" * 100_000, 1, "too deep"),
        ("good night", 1, "no preset or sequence"),
        ("", 1, "empty"),
    ],
)
def test_a_broken_file_says_where(text: str, line: int, says: str, bring: Bring):
    said = wrong(bring, text)
    assert f"strange.txt, line {line}: " in said
    assert says in said
    assert "Traceback" not in said


def test_an_unknown_file_is_told_what_lullaby_takes(bring: Bring):
    said = wrong(bring, "dear diary")
    assert all(program in said for program in ("Noice", "Moodist", "SBaGen", "SynapSeq"))


def test_blocks_inside_blocks_do_not_grow_for_ever(bring: Bring):
    text = "t: 200+4/9\nb0: {\n+00:00 t\n}\n"
    text += "".join(f"b{i}: {{\n" + f"+00:00 b{i - 1}\n" * 40 + "}\n" for i in range(1, 12))
    assert "more than 5000 lines" in wrong(bring, text + "NOW b11\n")
    assert "more than 5000 lines" in wrong(bring, text.replace("+00:00 t\n", "") + "NOW b11\n")


def test_files_too_large_or_not_text_are_refused(bring: Bring, tmp_path: Path):
    assert "1 MiB" in wrong(bring, b"{" * (1 << 20) + b"}")
    assert "not UTF-8" in wrong(bring, b'{"rain": 0.5, "\xff": 1}')
    with pytest.raises(WrittenWrongly, match="folder"):
        read_foreign(tmp_path, KINDS)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("ts: 200+4/20\n" + "NOW ts\n" * 6000, 5002, "more than 5000 lines with a time"),
        ("b: {\n" + "+00:01 b\n" * 6000 + "}\n", 5002, "more than 5000 lines with a time"),
        ("".join(f"t{i}: 200+4/20\n" for i in range(3000)), 2001, "more than 2000 tone-sets"),
        ("ts: " + "200+4/1 " * 65, 1, "64 tones at most"),
        ("a\n" + "  tone 200 amplitude 1\n" * 65, 66, "64 tracks at most"),
        ("".join(f"p{i}\n  tone 200 amplitude 1\n" for i in range(1001)), 2001, "more than 1000 presets"),
    ],
)
def test_far_too_much_is_refused_at_the_line_where_it_is_too_much(
    text: str, line: int, says: str, bring: Bring
):
    said = wrong(bring, text + "\nand then nonsense that nobody reads\n")
    assert f", line {line}: " in said
    assert says in said


def test_an_import_of_more_than_a_night_may_have_is_refused_in_words(bring: Bring):
    sets = "".join(f"t{i}: {100 + i}+4/20\n" for i in range(300))
    lines = "".join(f"{i // 60:02d}:{i % 60:02d} t{i}\n" for i in range(300))
    assert "300 different sounds; a night here has 256 voices at most" in wrong(bring, sets + lines)
    lines = "".join(f"{i // 60:02d}:{i % 60:02d} t{i % 9}\n" for i in range(1400))
    assert "scenes at most" in wrong(bring, sets[:1000].rpartition("\n")[0] + "\n" + lines)


@pytest.mark.parametrize(
    "text",
    ["\n", " ", "NOW\n", "a:\n", "- ", "a\n  noise pink pan pan pan pan ", "{", "-m x ", "a/", "## a\n"],
)
def test_a_file_four_times_as_long_is_about_four_times_the_work(text: str, bring: Bring):
    def read(text: str) -> None:
        with contextlib.suppress(LullabyError):
            bring(text, "long.txt")

    once, four = (text * (size // len(text)) + "x" for size in (200_000, 800_000))
    assert grows_with_length(read, once, four, 0.02)


JUNK = ["", "{", "}", '"', "->", "NOW", "+", "-", "1e999", "/", ":", "\n", "  ", "\x00", "\x1b[2J", "\u202e"]
JUNK += ["null", "true", "[]", "track 1 amplitude +90", "@", "off", "00:00:00", "\ud800", "é", "0" * 50]
NUMBERS = ["0", "0.0", "0.5", "1", "3", "29", "30", "61", "100", "0.001", "1e-9", "00:00", "23:59", "+00:00"]


def mutated(text: str, dice: random.Random) -> str:
    """The text with something in it that its program would hardly write."""
    if dice.random() < 0.3:
        at = dice.randrange(len(text) + 1)
        return text[:at] + dice.choice(JUNK) + text[at + dice.randint(0, 6) :]
    if dice.random() < 0.3:
        lines = text.split("\n")
        at = dice.randrange(len(lines))
        lines[at : at + dice.randint(0, 1)] = [dice.choice(lines)] * dice.randint(0, 1)
        return "\n".join(lines)
    numbers = [*re.finditer(r"\d+(\.\d+)?", text)]
    if not numbers:
        return text
    one = dice.choice(numbers)
    return text[: one.start()] + dice.choice(NUMBERS) + text[one.end() :]


def test_no_mutation_of_a_file_is_a_traceback(bring: Bring):
    dice = random.Random(12)
    read, complaints = 0, []
    for turn in range(1500):
        text = dice.choice([*SAMPLES.values()])
        for _ in range(dice.randint(1, 3)):
            text = mutated(text, dice)
        try:
            found = bring(text, f"m.{turn % 7}")
        except LullabyError as error:
            complaints.append(str(error))
            continue
        for foreign in found:
            assert score(foreign).voices
            read += 1
    assert read > 300
    assert all(line.isprintable() for said in complaints for line in said.split("\n"))


def test_a_thousand_unknown_sounds_are_not_a_thousand_lines(bring: Bring):
    (found,) = bring(json.dumps({"rain": 0.5, **{f"thing {i}": 0.5 for i in range(1000)}}))
    assert found.remarks[-1] == "and 940 more like these."


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    for name, text in SAMPLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home" / "scores"


def test_import_writes_every_preset_and_says_what_to_type_next(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["import", "noice.json"]) == 0
    assert sorted(path.name for path in home.iterdir()) == ["by-the-sea.toml", "storm.toml"]
    said = capsys.readouterr().out
    assert "lullaby render by-the-sea" in said
    assert "seagulls" in said
    assert main(["check", *map(str, home.iterdir())]) == 0


def test_import_says_that_a_mix_ends_once_somebody_sleeps_and_how_to_keep_it_on(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["import", "moodist.json"]) == 0
    said = next(line for line in capsys.readouterr().out.split("\n") if "of 08:00:00" in line)
    assert 'lullaby render tent --all-night "reason"' in said
    assert 'all_night = "reason" in the file' in said
    assert main(["import", "moodist.json", "--json", "--name", "again"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert facts["length"] == "08:00:00"
    assert facts["ends"] in said
    path = Path(facts["file"])
    path.write_text('all_night = "a ringing ear"\n' + path.read_text())
    assert prepared(Request(what=str(path))).night.length == 8 * 3600 * RATE
    assert clock(prepared(Request(what=str(home / "tent.toml"))).night.length) == facts["ends"]


def test_import_says_nothing_of_an_end_that_comes_anyway(home: Path, capsys: pytest.CaptureFixture[str]):
    Path("short.sbg").write_text("a: pink/40\n0:00 a\n0:10 off\n")
    assert main(["import", "short.sbg"]) == 0
    assert "keeps it on" not in capsys.readouterr().out


def test_import_never_writes_over_a_score(home: Path, capsys: pytest.CaptureFixture[str]):
    home.mkdir(parents=True)
    (home / "storm.toml").write_text("mine")
    assert main(["import", "noice.json"]) == 2
    assert "--name" in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in home.iterdir()] == [("storm.toml", "mine")]
    assert main(["import", "noice.json", "--name", "other"]) == 0
    assert sorted(path.stem for path in home.iterdir()) == ["other", "other-2", "storm"]


def test_import_does_not_hide_a_shipped_score(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", "moodist.json", "--name", "harbour-rain"]) == 2
    assert "hide" in capsys.readouterr().err
    assert not list(home.glob("*"))


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "", "x" * 300, "con\x1b[2J"])
def test_a_name_stays_in_the_listener_s_folder(name: str, home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", "moodist.json", f"--name={name}"]) == 2
    assert "\x1b" not in capsys.readouterr().err
    assert not list(home.glob("*"))


def test_a_hostile_title_becomes_a_tame_name(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    title = '../../\x1b]0;x\x07"; rm -rf ~ \u202e' + "\n[voices]"
    (tmp_path / "h.json").write_text(json.dumps({"label": title, "sounds": {"waves": 1}}))
    assert main(["import", "h.json"]) == 0
    assert [path.name for path in home.iterdir()] == ["0-x-rm-rf-voices.toml"]
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "\u202e" not in said.out


def test_beating_tones_come_with_their_caution(home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", "a.sbg", "--json"]) == 0
    said = capsys.readouterr()
    (facts,) = json.loads(said.out)
    assert (facts["program"], facts["name"], facts["length"]) == ("SBaGen", "a", "01:30:00")
    assert facts["file"] == str(home / "a.toml")
    assert "epilepsy" in said.err
