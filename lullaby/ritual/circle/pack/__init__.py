"""A pack: one night in one file, to be opened on another machine, where it sounds the same and begins at the
same instant.

    pack.json            what it is: version, engine, start, turns, and every file in it with its SHA-256
    night.jsonl          seed, date, sleeper, and which line is spoken when: the form of a night's log
    score.toml           the score
    rituals/NAME.toml    in place of it a ritual, and in tonight.json the evening it is composed for
    brought/             what somebody brings on that evening
    voices/NAME.toml     its voices, and sounds that they name beside them
    stories/NAME.md      its stories
    tunes/NAME.abc       its tunes
    speech/DIGEST.wav    every sentence that is spoken

It is a zip file whose files are stored as they are, sorted, with one fixed date. So any program that opens
zip files shows it, and what is in it can be read and heard; the same night makes the same bytes; and nothing
in it can grow when it is opened. There is no code in it, and nothing in it is ever run.
"""
