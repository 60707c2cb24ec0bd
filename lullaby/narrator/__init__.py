"""Text to speech: a sentence and a manner of speaking in, sound and the times of its words out."""
