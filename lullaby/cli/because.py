"""What `lullaby why` found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.score.plain import figure, quoted
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.night.why import Heard, Told, Unheard, Why


def lines_of(night: Night, found: Why) -> list[str]:
    """All of it, line by line."""
    lines = [f"{night.score.title} at {clock(found.at)}, {_scene(found)}", ""]
    widest = max((len(part.name) for part in night.score.voices), default=0)
    for one in found.heard:
        level, *others = _voice(one)
        lines.append(f"{one.part.name:{widest}}  {level}")
        lines += [f"{'':{widest}}  {line}" for line in others]
    lines += [f"{one.part.name:{widest}}  {_silence(one)}" for one in found.unheard]
    lines += ["", *_sleeper(night, found), _fade(night, found), _gain(night, found), _limiter(found)]
    return lines + [f"{what}." for what in later(night)]


def _scene(found: Why) -> str:
    if found.scene is None:
        return "before any scene."
    scene, here = found.scene, found.scene.at + found.scene.over
    glides = f", gliding until {clock(here)}" if found.at < here else ""
    return f"scene {quoted(scene.name)} since {clock(scene.at)}{glides}."


def _voice(one: Heard) -> list[str]:
    place = f"pan {_told(one.pan, bare=True)}, room {_told(one.send, bare=True)}"
    return [_told(one.level, bare=True), *(_told(told) for told in one.moved), place]


def _told(told: Told, bare: bool = False) -> str:
    """`drops 5.2 per second, from 9 to 5 until 00:18:00 (scene "further-off")`."""
    text = f"{'' if bare else told.setting + ' '}{_number(told.value)}"
    text += f" {told.unit}" if told.unit and _number(told.value) != "silent" else ""
    if told.until is not None:
        text += f", from {_number(told.leaves)} to {_number(told.comes_to)} until {clock(told.until)}"
    return text + (f" (scene {quoted(told.scene.name)})" if told.scene else " (its file)")


def _number(value: float) -> str:
    return figure(round(value, 2)) if value > float("-inf") else "silent"


def _silence(one: Unheard) -> str:
    if one.silenced:
        said = f"silent: silenced by scene {quoted(one.silenced.name)} at {clock(one.silenced.at)}"
    else:
        said = "silent: no scene has named it yet" if one.comes else "silent: no scene names it"
    if one.comes is None:
        return said
    scene = f" with scene {quoted(one.coming.name)}" if one.coming else ""
    return f"{said}; it comes {'again ' if one.silenced else ''}at {clock(one.comes)}{scene}"


def held_back(night: Night, at: int) -> dict[str, float]:
    """dB that each voice is held below its scenes at this frame because of the sleeper; -inf is silence."""
    return {one.name: one.recede.value_at(at) for one in night.plan.soundings}


def _sleeper(night: Night, found: Why) -> list[str]:
    """One line of the sleeper, where somebody sleeps: their stage, and by how much it holds voices back."""
    if night.course is None:
        return []
    held = held_back(night, found.at)
    lower = sorted({round(-level, 1) for name, level in held.items() if level not in (0, float("-inf"))})
    gone = [name for name, level in held.items() if level == float("-inf")]
    stage = night.course.at(found.at)
    said = f"The sleeper, who is made up, is {'awake' if not stage.asleep else f'in {stage.name}'}"
    if lower:
        said += f": voices are held {' or '.join(f'{level:g}' for level in lower)} dB lower"
    if gone:
        said += f"{';' if lower else ':'} silent for that are {', '.join(gone)}"
    return [f"{said}."]


def _fade(night: Night, found: Why) -> str:
    if found.fade == 0:
        return "The night's own fade takes nothing away."
    taken = "all of it" if found.fade == float("-inf") else f"{-found.fade:.1f} dB"
    if found.at < night.plan.fade_in:
        return f"The night is fading in until {clock(night.plan.fade_in)}: that takes {taken} away."
    return f"The night is fading out until {clock(night.length)}: that takes {taken} away."


def _gain(night: Night, found: Why) -> str:
    """The gain is the difference of the two, so what was measured is said without listening again."""
    wanted, start = night.score.level, clock(found.opening.start)
    return (
        f"The desk's gain is {found.gain:+.2f} dB: the first minute that sounds from {start} on measures "
        f"{wanted - found.gain:.2f} LUFS, and the score wants {figure(wanted)}."
    )


def _limiter(found: Why) -> str:
    if found.limited < 0.01:
        return "The limiter is not at work in this second."
    return f"The limiter holds peaks down by up to {found.limited:.1f} dB in this second."


def later(night: Night) -> list[str]:
    """What the score says that nothing is heard of yet."""
    score, said = night.score, []
    if score.follow and night.course is None:
        said.append(f"[follow] is written for {', '.join(score.follow)}, and heard where somebody sleeps")
    for telling in score.tellings:
        story, at = quoted(telling.story), clock(telling.at)
        said.append(f"{story} is written to be told at {at}, and heard once there is a teller")
    return said
