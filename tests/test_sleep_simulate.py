"""`lullaby sleep simulate`, the figures it counts, and the files its model is read from."""

from __future__ import annotations

import csv
import datetime
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import sleep_likelihood
from lullaby.cli import main
from lullaby.sleep.coefficients import SHIPPED, read_coefficients, shipped
from lullaby.sleep.norms import cycle_ends, figures, mean_and_sd, runs, weibull
from lullaby.sleep.simulate import simulate
from lullaby.sleep.sleeper import Sleeper

DAY = datetime.date(2026, 11, 30)


def test_figures_are_counted_as_laboratories_count_them():
    night = np.array([[0, 0, 1, 2, 2, 3, 0, 2, 4, 4, 0, 0]], np.int8)
    found = {name: float(values[0]) for name, values in figures(night).items()}
    assert found["latency_min"] == 1
    assert found["total_min"] == 3.5
    assert found["wake_min"] == 1.5
    assert found["n2"] == pytest.approx(300 / 7)
    assert found["rem_latency_min"] == 3
    assert found["awakenings"] == 2
    assert found["shifts_per_hour"] == pytest.approx(6 / (3.5 / 60))
    awake = figures(np.zeros((1, 10), np.int8))
    assert np.isnan(awake["latency_min"][0])
    assert awake["total_min"][0] == 0
    assert runs(night).stage.tolist() == [0, 1, 2, 3, 0, 2, 4, 0]


def test_a_cycle_ends_where_rem_stays_away():
    night = np.array([2] * 60 + [4] * 10 + [2] * 20 + [4] * 4 + [2] * 30 + [4] * 5 + [0] * 29, np.int8)
    assert cycle_ends(night) == [94]


def test_a_weibull_is_found_again():
    x = 3 * np.random.default_rng(1).weibull(0.6, 4000)
    assert weibull(x) == pytest.approx((0.6, 3), rel=0.06)


BROKEN = {
    "not JSON": ("{", "line 1"),
    "a list": ("[]", "the file is a table"),
    "no rise": ({"tau_rise_h": None}, "there is no tau_rise_h"),
    "a word": ({"P_max": "much"}, "P_max is a number"),
    "too small": ({"tau_decay_h": 0}, "tau_decay_h goes from 0.5 to 100, not to 0"),
    "other steps": ({"epoch_s": 20}, "epoch_s is 20"),
    "a strange covariate": ({"cov": ["1", "S", "Z"]}, 'there is no "Z"'),
    "a strange change": ({"beta": {"N2->N4": []}}, '"N2->N4" is no change of stage'),
    "a short row": ({"beta": {"N2->N3": [1, 2]}}, '"N2->N3": this is a list of'),
    "no list of covariates": ({"cov": 3}, "model.json, cov: this is a list of the covariates' names"),
    "a covariate twice": ({"cov": ["S", "S"]}, '"S" is there twice'),
    "a coefficient out of all bounds": (
        {"cov": ["1"], "beta": {"N2->N3": [1e9]}},
        "coefficients go from -100",
    ),
    "a word among numbers": ({"cov": ["1"], "beta": {"N2->N3": ["x"]}}, "and a text is among them"),
    "a spread that is a number": ({"re": 0.5}, "model.json: re is a table of names and values, not "),
    "not finite": ({"re": {"depth": float("nan"), "wake": 0, "cycle": 0}}, "NaN is not a number"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_said_to_be(name, tmp_path: Path, capsys):
    what, says = BROKEN[name]
    path = tmp_path / "model.json"
    whole = json.loads(SHIPPED.read_text("utf-8"))
    path.write_text(what if isinstance(what, str) else json.dumps(whole | what), "utf-8")
    assert main(["sleep", "simulate", "--model", str(path)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "model.json" in said
    assert "Traceback" not in said


def test_another_model_is_another_sleeper(tmp_path: Path):
    told = json.loads(SHIPPED.read_text("utf-8"))
    for change in ("N1->W", "N2->W", "N3->W", "R->W"):
        told["beta"][change][0] += 1.5
    path = tmp_path / "restless.json"
    path.write_text(json.dumps(told), "utf-8")
    restless = simulate(Sleeper(), 1, DAY, 200, read_coefficients(path))
    usual = mean_and_sd(figures(simulate(Sleeper(), 1, DAY, 200)))[0]
    assert mean_and_sd(figures(restless))[0]["total_min"] < usual["total_min"] - 60
    assert read_coefficients(SHIPPED) == shipped()


FIGURES = {"latency_min", "total_min", "efficiency", "wake_min", "n1", "n2", "n3", "rem"}
FIGURES |= {"rem_latency_min", "awakenings", "shifts_per_hour"}


def test_the_likelihood_of_nights_is_counted(tmp_path: Path, capsys):
    """On the real nights, which are not ours to ship, it was -0.416 nats an epoch (six of DOD-H)."""
    night = simulate(Sleeper(), 1, DAY)[0].tolist()
    (tmp_path / "one.json").write_text(json.dumps(night), "utf-8")
    (tmp_path / "index.csv").write_text("file,dataset\none.json,DODH\n", "utf-8")
    assert sleep_likelihood.main([str(tmp_path)]) == 0
    assert -0.6 < float(capsys.readouterr().out.split()[-4]) < -0.2


def test_simulate_prints_figures_and_keeps_runs(tmp_path: Path, capsys):
    kept, drawn = tmp_path / "nights.csv", tmp_path / "night.svg"
    words = ["sleep", "simulate", "--age", "40", "--in-bed", "07:40", "--nights", "30", "--json"]
    assert main([*words, "--date", "2026-11-30", "--csv", str(kept), "--picture", str(drawn)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["nights", "mean", "sd", "by_cycle", "bouts"]
    assert set(told["mean"]) == FIGURES
    assert told["nights"] == 30
    assert set(told["by_cycle"]) == {"n3", "rem"}
    assert set(told["bouts"]["n2"]) == {"k", "scale_min"}
    rows = list(csv.DictReader(io.StringIO(kept.read_text("utf-8"))))
    assert sum(int(r["stop_s"]) - int(r["start_s"]) for r in rows) == 30 * 460 * 60
    asleep = sum(int(r["stop_s"]) - int(r["start_s"]) for r in rows if r["stage"] != "awake")
    assert asleep / 60 / 30 == pytest.approx(told["mean"]["total_min"])
    assert drawn.read_text("utf-8").startswith("<")


def test_nobody_below_eighteen_is_modelled(capsys):
    assert main(["sleep", "simulate", "--age", "9"]) == 2
    assert "timer" in capsys.readouterr().err


def test_the_plain_stepper_needs_no_numba():
    code = "import sys; sys.modules['numba'] = None\nfrom lullaby.cli import main\nsys.exit(main({!r}))"
    words = ["sleep", "simulate", "--date", "2026-11-30", "--json"]
    child = subprocess.run([sys.executable, "-c", code.format(words)], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout)["nights"] == 1
