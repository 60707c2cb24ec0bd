"""A MIDI file's melody as a tune.

file     the file as lines of notes: the one place that imports mido
melody   which line is the melody
grid     performed times as written lengths
key      the key that a melody is most likely in
reading  all of it as a tune
"""
