"""The sleeper: stages, the course of a night, a model of it, and hypnograms in and out."""

from lullaby.sleep.stages import EPOCH_S, Stage

__all__ = ["EPOCH_S", "Stage"]
