"""Respellings such as "TAH-lee-ah" and phonemes such as "/bˈW/", as a story's author gives them for words
that a machine may misread."""

from __future__ import annotations

import re

PHONEMES = re.compile(r"/(.+)/")

_SOUNDS = {
    # vowels, as a dictionary for children writes them
    "igh": "I", "eye": "I", "air": "ɛɹ", "ear": "ɪɹ", "oor": "ʊɹ", "awr": "ɔɹ",
    "ah": "ɑ", "ar": "ɑɹ", "aw": "ɔ", "ay": "A", "ai": "A", "ey": "A", "ee": "i", "ea": "i", "eh": "ɛ",
    "er": "əɹ", "ih": "ɪ", "oh": "O", "oa": "O", "oo": "u", "or": "ɔɹ", "ow": "W", "ou": "W", "oy": "Y",
    "oi": "Y", "uh": "ə", "ur": "ɜɹ", "yoo": "ju",
    "a": "æ", "e": "ɛ", "i": "ɪ", "o": "ɑ", "u": "ʌ", "y": "I",
    # consonants
    "tch": "ʧ", "ch": "ʧ", "sh": "ʃ", "zh": "ʒ", "th": "θ", "dh": "ð", "ng": "ŋ", "wh": "w", "ck": "k",
    "kh": "k", "ph": "f", "qu": "kw",
    "b": "b", "c": "k", "d": "d", "f": "f", "g": "ɡ", "h": "h", "j": "ʤ", "k": "k", "l": "l", "m": "m",
    "n": "n", "p": "p", "q": "k", "r": "ɹ", "s": "s", "t": "t", "v": "v", "w": "w", "x": "ks", "z": "z",
}  # fmt: skip
_LONGEST = max(map(len, _SOUNDS))
_VOWELS = set("IɛɪʊɔɑAiəOuWYɜæʌ")


def phonemes_of(respelled: str) -> str:
    """hibari's phonemes of a respelling. Syllables stand apart by hyphens or spaces; the one in capitals has
    the stress, the first where none has."""
    exact = PHONEMES.fullmatch(respelled.strip())
    if exact:
        return exact[1]
    words = [re.split(r"[-·]", word) for word in respelled.split()]
    return " ".join(_word([syllable for syllable in word if syllable]) for word in words)


def ipa_of(respelled: str) -> str:
    """The same in letters of the IPA: hibari writes each diphthong and affricate as one."""
    return phonemes_of(respelled).translate(_IPA)


_IPA = str.maketrans(
    {
        "A": "eɪ",
        "I": "aɪ",
        "O": "oʊ",
        "W": "aʊ",
        "Y": "ɔɪ",
        "ʧ": "tʃ",
        "ʤ": "dʒ",
        "ᵊ": "ə",
        "ᵻ": "ɪ",
        "T": "ɾ",
    }
)


def _word(syllables: list[str]) -> str:
    loud = [s for s in syllables if s.isupper()] or syllables[:1]
    several = len(syllables) > 1
    return "".join(_syllable(s, s is loud[0], several) for s in syllables)


def _syllable(spelled: str, stressed: bool, several: bool) -> str:
    text, sounds = spelled.lower(), ""
    place = 0
    while place < len(text):
        for size in range(_LONGEST, 0, -1):
            if text[place : place + size] in _SOUNDS:
                sounds += _SOUNDS[text[place : place + size]]
                place += size
                break
        else:
            place += 1
    if several and not stressed and sounds.endswith("ɑ") and text.endswith("ah"):
        sounds = sounds[:-1] + "ə"  # "lee-ah" is not a shout
    if not stressed:
        return sounds
    at = next((k for k, sound in enumerate(sounds) if sound in _VOWELS), 0)
    return f"{sounds[:at]}ˈ{sounds[at:]}"
