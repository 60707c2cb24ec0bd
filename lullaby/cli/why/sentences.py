"""The findings of `lullaby why`, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.cli.why.sentences_asleep import of_silences, of_sleeper
from lullaby.cli.why.sentences_music import of_music
from lullaby.evening.facts.moment import later, silent_asleep, weather_at
from lullaby.score.plain_text import figure, quoted
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.night.why import Asleep, CurrentValue, Heard, Unheard, Why


def lines_of(night: Night, found: Why) -> list[str]:
    """All of it, line by line."""
    lines = [f"{night.score.title} at {clock(found.frame)}, {_scene(found)}", ""]
    widest = max((len(part.name) for part in night.score.voices), default=0)
    for one in found.heard:
        level, *others = _voice(one)
        lines.append(f"{one.part.name:{widest}}  {level}")
        lines += [f"{'':{widest}}  {line}" for line in others]
    lines += [f"{one.part.name:{widest}}  {_silence(night, one, found.frame)}" for one in found.unheard]
    lines += ["", *of_music(night, found.frame), *of_weather(night, found.frame), *of_sleeper(night, found)]
    lines += [_fade(night, found), _gain(night, found), _limiter(found), _end(night, found)]
    return lines + [f"{what}." for what in later(night)]


def of_weather(night: Night, frame: int) -> list[str]:
    """One line, where the score says what weather it is."""
    weather = weather_at(night, frame)
    if weather is None:
        return []
    storm, gust = weather
    force = "as the voices say" if storm == 1 else f"{storm:.2f} of what the voices say"
    wind = "as usual" if abs(gust) < 0.25 else f"{'above' if gust > 0 else 'below'} its mean"
    return [f"The weather is {force}, and the wind just now {wind}."]


def _scene(found: Why) -> str:
    if found.scene is None:
        return "before any scene."
    scene, here = found.scene, found.scene.at + found.scene.over
    glides = f", gliding until {clock(here)}" if found.frame < here else ""
    return f"scene {quoted(scene.name)} since {clock(scene.at)}{glides}."


def _voice(one: Heard) -> list[str]:
    place = f"pan {_setting(one.pan, bare=True)}, room {_setting(one.send, bare=True)}"
    return [_setting(one.level, bare=True), *(_setting(setting) for setting in one.moved), place]


def _setting(setting: CurrentValue, bare: bool = False) -> str:
    """`drops 5.2 per second, from 9 to 5 until 00:18:00 (scene "further-off")`."""
    text = f"{'' if bare else setting.setting + ' '}{_number(setting.value)}"
    text += f" {setting.unit}" if setting.unit and _number(setting.value) != "silent" else ""
    if setting.until is not None:
        text += (
            f", from {_number(setting.leaves)} to {_number(setting.comes_to)} until {clock(setting.until)}"
        )
    whose = f"scene {quoted(setting.scene.name)}" if setting.scene else "its file"
    if setting.asleep is None:
        return f"{text} ({whose})"
    return f"{text}, {_for_sleep(setting.asleep)} ({whose} has {_number(setting.asleep.wanted)})"


def _for_sleep(asleep: Asleep) -> str:
    match asleep.state:
        case "wake":
            return "on its way back from sleep"
        case "asleep":
            return "where sleep found it"
        case state:
            return f"for the sleeper, as in {state.upper() if state[-1].isdigit() else state}"


def _number(value: float) -> str:
    return figure(round(value, 2)) if value > float("-inf") else "silent"


def _silence(night: Night, one: Unheard, frame: int) -> str:
    if silent_asleep(night, one, frame):
        awake = night.course is not None and not night.course.stage(frame).asleep
        why = "while its listener is awake" if awake else "for the sleeper's sake"
        return f"silent {why}: its scenes would have it sound"
    if one.part.kind.speaks:
        return _untold(night, one, frame)
    if one.silenced:
        said = f"silent: silenced by scene {quoted(one.silenced.name)} at {clock(one.silenced.at)}"
    else:
        said = "silent: no scene has named it yet" if one.comes else "silent: no scene names it"
    if one.comes is None:
        return said
    if one.comes >= night.length:
        return f"{said}; the night ends before it comes"
    scene = f" with scene {quoted(one.coming.name)}" if one.coming else ""
    return f"{said}; it comes {'again ' if one.silenced else ''}at {clock(one.comes)}{scene}"


def _untold(night: Night, one: Unheard, frame: int) -> str:
    """Of a teller who says nothing at this moment."""
    told = [narration for narration in night.narrations if narration.voice == one.part.name]
    coming = [line.start for narration in told for line in narration.lines if line.start > frame]
    if coming:
        return f"silent: it tells nothing just now; its next sentence comes at {clock(min(coming))}"
    if any(narration.coming for narration in told):
        return "silent: it tells nothing just now"
    return "silent: it tells nothing any more" if any(n.lines for n in told) else "silent: it tells nothing"


def _fade(night: Night, found: Why) -> str:
    if silences := of_silences(night, found):
        return silences
    if found.fade == 0:
        return "The night's own fade takes nothing away."
    taken = "all of it" if found.fade == float("-inf") else f"{-found.fade:.1f} dB"
    if found.frame < night.plan.fade_in:
        return f"The night is fading in until {clock(night.plan.fade_in)}: that takes {taken} away."
    return f"The night is fading out until {clock(night.length)}: that takes {taken} away."


def _gain(night: Night, found: Why) -> str:
    """Why it is what it is: the score's level, unless that is more than may be heard on this device."""
    wanted, start = night.score.level, clock(found.opening.start)
    said = (
        f"The mixer's gain is {found.gain:+.2f} dB: the first minute that sounds from {start} on measures "
        f"{night.measured:.2f} LUFS, and the score wants {figure(wanted)}."
    )
    lower = wanted - night.measured - found.gain
    if lower <= 0.05:
        return said
    measured = f"{night.caps.aim_is}, as `lullaby calibrate` measured it"
    return f"{said} It is {lower:.1f} dB lower than that: {measured}."


def _limiter(found: Why) -> str:
    if found.limited < 0.01:
        return "Neither the limiter nor the guard is at work in this second."
    return f"The limiter and the guard hold it down by up to {found.limited:.1f} dB in this second."


def _end(night: Night, found: Why) -> str:
    """When the night is over, and whether that is for its sleeper."""
    ending = found.ending
    if ending.again is not None:
        return (
            f"The night is heard until {clock(ending.heard_until)}, for its sleeper's sake, "
            f"again from {clock(ending.again)} on, and ends at {clock(ending.at)}."
        )
    if ending.for_sleeper:
        score = clock(night.score.length)
        return f"The night ends at {clock(ending.at)}, for its sleeper's sake; the score lasts until {score}."
    return f"The night ends at {clock(ending.at)}."
