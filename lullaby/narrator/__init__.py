"""Text to speech: a sentence and a manner of speaking in, sound and the times of its words out."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""onnxruntime, from 1.32 on, sends its maker what is run with it, and looks up a name on the network for that. It
reads this when it is loaded, here and in every child. Nothing that speaks here is anybody's business."""
