"""Scores: TOML to frozen dataclasses, curves, and mistakes that say where they are."""

from lullaby.score.automation import Automation, part_curves, steady_values
from lullaby.score.curves import Curve, Keyframe, first_sound
from lullaby.score.finding import find_voice, voice_files, voice_paths
from lullaby.score.model import STATES, Change, Part, ReverbSettings, Scene, Score, Telling, Until
from lullaby.score.reading import check_score, find_score, read_score, score_files, score_of
from lullaby.score.settings import SILENT, Form, Kind, Setting, Value
from lullaby.score.voicefile import VoiceFile, read_voice

__all__ = [
    "SILENT",
    "STATES",
    "Automation",
    "Change",
    "Curve",
    "Form",
    "Keyframe",
    "Kind",
    "Part",
    "ReverbSettings",
    "Scene",
    "Score",
    "Setting",
    "Telling",
    "Until",
    "Value",
    "VoiceFile",
    "check_score",
    "find_score",
    "find_voice",
    "first_sound",
    "part_curves",
    "read_score",
    "read_voice",
    "score_files",
    "score_of",
    "steady_values",
    "voice_files",
    "voice_paths",
]
