"""A damaged or hostile hypnogram is refused in a line of our own words that says where and what."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import pytest
from hypnogram_samples import (
    ANDROID,
    APPLE,
    APPLE_HEAD,
    CSV,
    EVENING,
    FITBIT,
    FITBIT_LOG,
    OURA,
    PROFUSION,
    SAMPLES,
    VISBRAIN,
    YASA,
    apple_record,
)
from reading import read, refused, said_well

from lullaby.errors import WrittenWrongly
from lullaby.sleep.hypnograms import read_hypnograms
from lullaby.time import RATE


@pytest.mark.parametrize("name", SAMPLES)
def test_the_first_and_last_lines_alone_are_read_or_refused(name: str, tmp_path: Path):
    lines = SAMPLES[name].split(b"\n")
    pieces = [b"\n".join(lines[:k]) + end for k in (1, 2, 3) for end in (b"", b"\n", b"\r\n\r\n")]
    for piece in [*pieces, *(b"\n".join(lines[-k:]) for k in (1, 2)), b"\xef\xbb\xbf" + lines[0], b"\n"]:
        try:
            assert read(tmp_path, name, piece)
        except WrittenWrongly as error:
            said_well(error, tmp_path)


WRONG: dict[str, tuple[str, str]] = {
    "empty": (" \n", "this file is empty"),
    "a mark alone": ("\ufeff\n", "this file is empty"),
    "CSV head": ("start,stop,stage\n\n", "line 1: there are names of columns here, and no row under them"),
    "CSV of events": (
        'onset,event\n3,"lights, off"\n',
        "no stage of sleep is scored in it.\n    There is nothing in it that could be one; one row of "
        'something else: "lights, off".',
    ),
    "CSV of nothing": ("stage\n?\n?\n", "There are only 1.0 min that nobody scored."),
    "Oura instant": (
        OURA.replace('"2026-11-30T23:30:00.000+01:00"', "7"),
        "log 1, bedtime_start: 7 is not a date and time",
    ),
    "something else": ("\x89PNG\n", "not a hypnogram that is known here"),
    "five": (YASA.replace("4", "5"), 'line 21: "5" is not a stage of sleep.\n    Where 5 is REM'),
    "word": (YASA + "N7\n", 'line 26: "N7" is not a stage'),
    "not UTF-8": (YASA.replace("4", "\udcff", 1), "line 21: this is not UTF-8"),
    "zero bytes": (CSV + "\0", "zero bytes"),
    "Visbrain cut": (VISBRAIN[:-20], "Is the file whole?"),
    "Visbrain back": (VISBRAIN.replace("300", "80"), "line 5: it lasts -10 s"),
    "CSV overlap": (CSV.replace("60,90", "50,90"), "line 3: it begins at 50 s, before line 2 ends at 60 s"),
    "CSV negative": (CSV.replace("0,60,", "-5,60,"), "line 2: it begins 5 s before the night"),
    "CSV backwards": (CSV.replace("90,300", "90,30"), "line 4: it lasts -60 s"),
    "CSV no time": (CSV.replace("60,90", "60,60"), "line 3: it ends when it begins"),
    "CSV a year": (CSV.replace("600,720", "600,9e6"), "line 6: it lasts 2499.83 hours"),
    "CSV late": (CSV.replace("720,750", "86390,86500"), "more than 24 hours"),
    "CSV infinite": (CSV.replace("720,750", "720,inf"), '"inf" is not a number'),
    "CSV nan": (CSV.replace("720,750", "nan,750"), '"nan" is not a number'),
    "CSV huge": (CSV.replace("720", "9" * 400), "is not a number"),
    "CSV cells": (CSV.replace("60,90,", "60,"), "line 3: there are 2 cells here, and 3 names above"),
    "CSV zones": (
        "start,stop,stage\n2026-11-30T22:00,2026-11-30T23:00+01:00,W\n",
        "some times here have a zone",
    ),
    "CSV year": ("start,stop,stage\n1900-01-01T22:00,1900-01-01T23:00,W\n", "is not a date and time"),
    "CSV unscored": ("start,stop,stage\n0,30,?\n", "no stage of sleep is scored"),
    "XML cut": (PROFUSION[:-30], "line 31: this is not whole XML"),
    "XML stage": (PROFUSION.replace(">5<", ">7<", 1), 'line 26: "7" is not a stage of Profusion'),
    "XML epoch": (PROFUSION.replace(">30<", ">-30<"), "line 3: an epoch of -30 s is none"),
    "Apple cut": (APPLE[:-100], "this is not whole XML"),
    "Apple stage": (APPLE.replace("AsleepDeep", "AsleepDeeper"), "is not a stage of Apple Health"),
    "Apple zone": (APPLE.replace(" +0100", ""), "its times have no zone"),
    "Apple bed": (APPLE_HEAD + apple_record(EVENING, 60, "InBed") + "</HealthData>", "no sleep is recorded"),
    "Apple asleep": (
        APPLE_HEAD + apple_record(EVENING, 60, "Asleep") + "</HealthData>",
        "no stages are in it",
    ),
    "Apple back": (APPLE_HEAD + apple_record(EVENING, -60, "Awake") + "</HealthData>", "it lasts -0.0166667"),
    "JSON cut": (FITBIT[:-50], "this is not JSON"),
    "JSON deep": ('[{"dateOfSleep":' + "[" * 50_000, "too deep"),
    "Fitbit level": (FITBIT.replace('"deep"', '"deeper"'), 'log 1, level 3: "deeper" is not a level'),
    "Fitbit seconds": (
        FITBIT.replace('"seconds": 240', '"seconds": -240'),
        "log 1, level 2: it does not say",
    ),
    "Fitbit overlap": (FITBIT.replace('"seconds": 240', '"seconds": 250'), "before log 1, level 2 ends"),
    "Fitbit classic": (json.dumps([{**FITBIT_LOG, "type": "classic"}]), "only asleep and restless"),
    "Fitbit nothing": ('[{"dateOfSleep": 1, "levels": 7}]', "log 1, levels: this is a number, not a table"),
    "Oura digit": (OURA.replace("4221", "4921"), 'log 1: "9" is not a phase'),
    "Oura long": (OURA.replace("4221", "42214444"), "its phases last 3600 s, and its time in bed 2400 s"),
    "Android cut": (ANDROID[:-400], "names above.\n    Is the file whole?"),
    "Android end": (ANDROID.replace("DEEP_START", "LUX"), "DEEP ends at"),
    "Android twice": (ANDROID.replace("DEEP_END", "DEEP_START", 1), "while it has not ended"),
    "Android id": (ANDROID.replace('"1796077800000"', '"1"'), '"1" is not when a record began'),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_file_is_refused_with_its_place(name: str, tmp_path: Path):
    content, says = WRONG[name]
    assert says in refused(tmp_path, content.encode(errors="surrogateescape"))


@pytest.mark.parametrize("cut", [9, 255, 300, 600, -1])
def test_a_cut_off_edf_is_refused(cut: int, tmp_path: Path):
    assert "file" in refused(tmp_path, SAMPLES["night.edf"][:cut])


def test_a_hostile_edf_takes_no_longer_than_another(tmp_path: Path):
    """edfio's own pattern would take the square of this."""
    body = b"+0\x14\x14\0" + b"+1\x14" * 600_000
    whole = bytearray(SAMPLES["night.edf"][:512]) + body + b"\0" * (len(body) % 2)
    whole[256 + 216 : 256 + 224] = str((len(whole) - 512) // 2).ljust(8).encode()
    assert "this is not an annotation of EDF+" in refused(tmp_path, bytes(whole))


def bomb(sample: str, root: str) -> str:
    laughs = "".join(f'<!ENTITY l{k + 1} "{f"&l{k};" * 10}">' for k in range(9))
    head = f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "ha">{laughs}]>'
    return head + sample[sample.index(f"<{root}") :].replace(">", ">&l9;", 1)


@pytest.mark.parametrize(("sample", "root"), [(PROFUSION, "CMPStudyConfig"), (APPLE, "HealthData")])
def test_entities_are_refused_and_nothing_is_fetched(sample: str, root: str, tmp_path: Path):
    assert "entities" in refused(tmp_path, bomb(sample, root))
    body = sample[sample.index(f"<{root}") :]
    secret = f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]>{body}'
    assert "entities" in refused(tmp_path, secret)
    assert "leans on another file" in refused(tmp_path, f'<!DOCTYPE {root} SYSTEM "http://x/y.dtd">{body}')
    assert "entities" in refused(tmp_path, f'<!DOCTYPE {root} [<!ENTITY % x "y">]>{body}')


def test_a_tag_that_never_ends_is_refused(tmp_path: Path):
    assert "a tag is longer than" in refused(tmp_path, '<HealthData x="' + "a" * (3 << 20))


def test_folders_pipes_and_what_is_not_there_are_refused(tmp_path: Path):
    import os

    os.mkfifo(tmp_path / "pipe")
    for name, says in ((".", "a folder"), ("pipe", "not an ordinary file"), ("nobody", "no such file")):
        with pytest.raises(WrittenWrongly, match=says):
            read_hypnograms(tmp_path / name)


@pytest.mark.parametrize("name", SAMPLES)
def test_two_hundred_damaged_files_are_read_or_refused_in_our_own_words(name: str, tmp_path: Path):
    chance = random.Random(1889)
    path = tmp_path / "file"
    damage = (mutated, with_another_header) if name == "night.edf" else (mutated,)
    was_read = 0
    for _ in range(200):
        path.write_bytes(chance.choice(damage)(SAMPLES[name], chance))
        try:
            nights = read_hypnograms(path)
        except WrittenWrongly as error:
            said_well(error, tmp_path)
            continue
        was_read += 1
        for night in nights:
            assert night.runs[-1].stop <= 24 * 3600 * RATE
            assert all(a.stop <= b.start for a, b in itertools.pairwise(night.runs))
    assert 0 < was_read < 200


FIELDS = ((0, 8), (168, 8), (176, 8), (184, 8), (192, 44), (236, 8), (244, 8), (252, 4))
FIELDS_OF_ONE = ((0, 16), (96, 8), (104, 8), (112, 8), (120, 8), (128, 8), (136, 80), (216, 8), (224, 32))
FILLED = (
    "",
    "-1",
    "0",
    "1",
    "99999999",
    "1e9",
    "nan",
    "inf",
    "abc",
    "1.5",
    "30.02.01",
    "EDF+D",
    "EEG",
    "\xb2",
)


def with_another_header(content: bytes, chance: random.Random) -> bytes:
    """An EDF of one signal, a field or two of its header written over."""
    made = bytearray(content)
    fields = [*FIELDS, *((256 + at, width) for at, width in FIELDS_OF_ONE)]
    for at, width in chance.sample(fields, chance.choice((1, 1, 2))):
        made[at : at + width] = chance.choice(FILLED).encode("latin-1")[:width].ljust(width)
    return bytes(made)


@pytest.mark.parametrize(
    ("at", "written", "says"),
    [
        (184, b"1e9", 'how many bytes it has, but "1e9"'),
        (184, b"768", "its header is not as long as one of 1 signals is"),
        (236, b"", "how many records follow, but nothing"),
        (236, b"2", "it has not as many records as its header says"),
        (244, b"soon", 'how many seconds a record lasts, but "soon"'),
        (252, b"2", "it ends inside its header"),
        (256 + 216, b"-4", 'of signal 1 how many samples a record has of it, but "-4"'),
    ],
)
def test_what_is_wrong_with_an_edf_is_said_of_its_header(at: int, written: bytes, says: str, tmp_path: Path):
    made = bytearray(SAMPLES["night.edf"][:700])
    width = 4 if at == 252 else 8
    made[at : at + width] = written.ljust(width)
    assert says in refused(tmp_path, bytes(made))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Cut, doubled, swapped, or with bytes that matter put in its way."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at, size = chance.randrange(len(made) + 1), chance.choice((1, 1, 2, 8, 60))
        kind = chance.randrange(6)
        if kind == 0:
            del made[at : at + size]
        elif kind == 1:
            made[at:at] = made[at : at + size] * chance.choice((1, 2, 50))
        elif kind == 2:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            made[at : at + 1] = chance.choice(
                [
                    b"-",
                    b"9",
                    b"99999999",
                    b"1e99",
                    b"nan",
                    b"\0",
                    b"\xff",
                    b'"',
                    b"\n",
                    b"]",
                    b"{",
                    b"<",
                    b"&x;",
                ]
            )
        elif kind == 4:
            del made[at:]
        else:
            other = chance.randrange(len(made) + 1)
            made[at : at + size] = made[other : other + size]
        if not made:
            break
    return bytes(made)
