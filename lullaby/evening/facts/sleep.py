"""What is known of nights of sleep: simulated ones, and real ones from files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lullaby.sleep import Stage
from lullaby.sleep.hypnograms import Hypnogram
from lullaby.sleep.hypnograms.record import minutes
from lullaby.sleep.norms import Stages, bouts, by_cycle, figures, mean_and_sd
from lullaby.sleep.real_nights import statistics
from lullaby.time import RATE


def facts_of_simulated(stages: Stages) -> dict[str, Any]:
    """Statistics of simulated nights."""
    mean, sd = mean_and_sd(figures(stages))
    return {
        "nights": len(stages),
        "mean": mean,
        "sd": sd,
        "by_cycle": by_cycle(stages),
        "bouts": bouts(stages),
    }


def facts_of_real_nights(nights: Sequence[tuple[str, int, Hypnogram]]) -> dict[str, Any]:
    """Statistics of real nights, each with its file and its number there: the same figures."""
    found = statistics([night for _, _, night in nights])
    each = [
        {"file": path, "night": number, "date": night.evening and str(night.evening), **figures}
        for (path, number, night), figures in zip(nights, found.pop("each"), strict=True)
    ]
    fours = sum(night.four_class for _, _, night in nights)
    return {"nights": len(nights), "four_class": fours, **found, "each": each}


def facts_of_hypnogram(number: int, night: Hypnogram) -> dict[str, Any]:
    """One night of a file, with every run."""
    return {
        "night": number,
        "date": night.evening and str(night.evening),
        "start": night.start and night.start.isoformat(),
        "source": night.source,
        "classes": 4 if night.four_class else 5,
        "length_min": minutes(night.stop),
        "minutes": {stage.label: minutes(night.frames(stage)) for stage in Stage},
        "unscored_min": minutes(night.gaps),
        "remarks": list(night.remarks),
        "runs": [
            {
                "start_s": round(run.start / RATE, 6),
                "stop_s": round(run.stop / RATE, 6),
                "stage": run.stage.label,
            }
            for run in night.runs
        ],
    }
