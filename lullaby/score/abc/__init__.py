"""ABC notation: a subset of version 2.1, read from text and written to it.

Reading:

lines    a file as fields and lines of music
header   fields: title, metre, unit, tempo, key
marks    a line of music as marks, each with its column
body     marks as notes, bars and chords: lengths and accidentals are worked out here
repeats  what is repeated written out
bars     notes in their bars, ties joined, phrases
"""
