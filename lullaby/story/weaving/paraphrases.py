"""Turns of phrase that say the same: wherever the material has one of them, any of its fellows may be told.

A listener who hears a scene again after some weeks does not hear it word for word.
"""

from __future__ import annotations

import re

_SAME = """
nobody | no one
everybody | everyone
somebody | someone
anybody | anyone
did not | didn't
was not | wasn't
were not | weren't
had not | hadn't
could not | couldn't
would not | wouldn't
do not | don't
didn't | did not
wasn't | was not
hadn't | had not
couldn't | could not
wouldn't | would not
until | till
as if | as though
as though | as if
upon | on
toward | towards
began to | started to
each other | one another
one another | each other
nearly | almost
perhaps | maybe
in the end | at last
for a while | for some time | for a time
for some time | for a while
after a while | after a time | by and by
by and by | before long | after a while
before long | soon | by and by
a good deal | a great deal
a good many | a great many
a good while | a long while
now and then | every so often | from time to time
every so often | now and then
at first | to begin with
afterwards | after that | later
at the foot of | at the bottom of
the whole of the | all of the | the entire
the whole | the entire
all of them | every one of them
a small | a little
the small | the little
beside the | next to the | by the
under the | beneath the
beneath the | under the
round the | around the
round it | around it
looked round | looked about
softly | gently
large | big
began | started
they all | they
out of the | from the
on the way back | on the way home
as well as | along with
nothing at all | nothing whatever
looked at | gazed at
a long time | a long while
a long way | a good way
came back | returned
had begun to | had started to
put down | set down
put it down | set it down
put it on | set it on
a lot of | plenty of
would like to | wished to
wanted to | wished to
very small | tiny
they went home | they walked home
going home | walking home
at last | in the end
that is | that's
they are | they're
every evening | each evening
every morning | each morning
every night | each night
every day | each day
every time | each time
every house | each house
every year | each year
for the most part | mostly
all the same | even so
even so | all the same
for ever | for good
a pity | a shame
whispered | murmured
nice | pleasant
pleasant | nice
remembered | recalled
hardly | scarcely
scarcely | hardly
""".strip()

_ROWS = [[part.strip() for part in row.split("|")] for row in _SAME.splitlines()]
_FELLOWS = {row[0]: row for row in _ROWS}
_UNLESS_FOLLOWED = {
    "began": "(?! to| with| by| so)",
    "large": "(?!r)",
    "out of the": "(?! way| straight| question)",
    "they all": "(?! of| had| the)",
    "the whole": "(?! of)",
    "softly": "(?! as)",
    "came back": "(?! up| down| in| out| from| round)",
    "that is": "(?= [a-z{])",
    "would like to": "(?! think)",
    "put down": "(?! the)",
    "a small": "(?! of)",
}
_PLAIN = "|".join(
    re.escape(phrase) + r"\b" + _UNLESS_FOLLOWED.get(phrase, "")
    for phrase in sorted(_FELLOWS, key=len, reverse=True)
)
_ODD = (
    (r"a bit(?! of\b)\b", "{a bit|a little}"),
    (r"(?<!just )(?<!only )(?<!was )(?<!is )because(?! of\b)\b", "{because|since}"),
    (r"\bit is (?=[a-z])", "{it is|it's} "),
    (r"\bIt is (?=[a-z])", "{It is|It's} "),
    (r"(?<=thought )that (?=it |they |there |the |nobody |\{)", "{that |}"),
    (r"(?<=knew )that (?=it |they |there |the |nobody |\{)", "{that |}"),
    (r"(?<=said )that (?=it |they |there |the |nobody |\{)", "{that |}"),
    (r"(?<=felt )that (?=it |they |there |the |nobody |\{)", "{that |}"),
    (r"\bso that (?=it |they |one |nobody |there |\{)", "{so that |so }"),
    (r"\bwas only (?=a |the |that |when |something |there )", "was {only|just|merely} "),
    (r"^(?-i:So) they ", "{So they |And so they }"),
    (r"^(?-i:Then) (?=it |they |there |the |\{)", "{Then |And then }"),
    (r", too(?=[.,])", "{, too| as well}"),
    (r"(?<!just) as well(?=[.,])", "{ as well|, too}"),
    (r", and so (?=it |they |he |she |the |there |\{)", "{, and so |, so }"),
    (r", for (?=it |they |there |\{she\} |\{hs\} |one |nobody )", "{, for |, since |, because }"),
    (r"(?<!not )(?<!never )(?<!a )(?<!the )\bquite (?!a |as |so |the )", "{quite |}"),
    (
        r"(?<!\ba )(?<!the )(?<!not )(?<!so )(?<!, )(?<!The )(?<!A )\bvery "
        r"(?!much|well|nearly|likely|few|same)",
        "{very |}",
    ),
    (r'(?<=[,?!]" )said \{name\}(?=[. ]|,(?! who))', "{said {name}|{name} said}"),
    (r'(?<=[,?!]" )said \{helper\}(?=[. ]|,(?! \{trade| who))', "{said {helper}|{helper} said}"),
    (r'(?<=[,?!]" )said \{host\}(?=[. ]|,(?! who))', "{said {host}|{host} said}"),
    (r'(?<=[,?!]" )\{hs\} said(?=[.,])', "{{hs} said|{helper} said|said {helper}}"),
    (r'(?<=[,?!]" )asked \{name\}(?=[.])', "{asked {name}|{name} asked|said {name}}"),
)
_ALL = re.compile(
    "|".join(f"(?P<odd{n}>{pattern})" for n, (pattern, _) in enumerate(_ODD))
    + rf"|(?<![\w{{<])(?P<plain>{_PLAIN})(?!\}})",
    re.I,
)


_ONES = re.compile(r"\b(?:one|one's|oneself|you|your)\b", re.I)
_ONE = re.compile(
    r"(?:(?<=, )|(?<=and )|(?<=but )|(?<=so )|(?<=if )|(?<=when )|(?<=as )|(?<=where )"
    r"|(?<=what )|(?<=because ))"
    r"one (?=could|would|might|must|should|can |may |never|always|saw|heard|knew|felt|had)"
)
"""Where people in general are meant: "one" on one night, "you" on another."""


def varied(text: str) -> str:
    """The text with a choice wherever there is one, in the language of the material."""
    text = _ALL.sub(_choice, text)
    if len(_ONES.findall(text)) == 1:
        text = _ONE.sub("{one} ", text)
    return text


def _choice(found: re.Match[str]) -> str:
    if found["plain"] is None:
        name = found.lastgroup or ""
        return _ODD[int(name.removeprefix("odd"))][1]
    said = found["plain"]
    fellows = _FELLOWS[said.lower()]
    if said[0].isupper():
        fellows = [one[0].upper() + one[1:] for one in fellows]
    return "{" + "|".join(fellows) + "}"
