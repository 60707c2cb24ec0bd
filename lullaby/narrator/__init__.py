"""Text to speech: a sentence and a manner of speaking in, sound and the times of its words out."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""onnxruntime reports to its maker what is run with it (seen in 1.32), and looks up a name on the network for
that. It reads this when it is loaded, here and in every child: what is spoken here is nobody's business."""
