# SPDX-License-Identifier: Apache-2.0
"""Training: recovers what is there, finds nothing where nothing is, and the committed numbers are what it gives."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from truceline.thermal import coefficients, training


def theatre(seed=0, *, count=3000, effect=1.0, natural=0.2):
    """A made theatre: near fires are natural with probability ``natural``, else war's with a shifted feature."""
    rng = np.random.default_rng(seed)
    near = rng.random(count) < 0.4
    war = near & (rng.random(count) >= natural)
    table = np.stack([rng.normal(0, 1, count) + effect * war, rng.normal(0, 1, count)], axis=1)
    zone = np.where(near, 0, 2)
    block = rng.integers(0, 300, count)
    # Areas such that the far density predicts just the natural fires near the line.
    area = (natural * near.sum() / max((~near).sum(), 1), 0.0, 1.0)
    return training.Sample(table, zone, block, area), war


def test_shares_come_from_counts_and_areas():
    sample, war = theatre()
    found = training.shares(sample)
    assert found.contamination == pytest.approx(0.2, abs=0.01)
    assert found.prior == pytest.approx(war.mean(), abs=0.02)


def test_probabilities_are_those_of_war_not_of_nearness():
    """Calibrated against the hidden truth, in bins, though trained on near and far alone."""
    sample, war = theatre(count=20_000)
    given = training.shares(sample)
    weights = training.fit(sample.table, sample.zone == 0)
    p = training.war_probability(training.log_ratio(weights, sample.table), given.contamination, given.prior)
    order = np.argsort(p)
    for rows in np.array_split(order, 8):
        assert p[rows].mean() == pytest.approx(war[rows].mean(), abs=0.04)


def test_weights_find_the_feature_that_matters():
    sample, _ = theatre()
    weights = training.fit(sample.table, sample.zone == 0)
    assert weights[1] > 0.4
    assert abs(weights[2]) < 0.15


def test_a_stronger_ridge_gives_smaller_weights():
    sample, _ = theatre()
    near = sample.zone == 0
    assert abs(training.fit(sample.table, near, 1e4)[1]) < abs(training.fit(sample.table, near, 1.0)[1])


def test_held_out_judgement_of_a_real_effect():
    sample, _ = theatre()
    found = training.judge(sample, np.random.default_rng(0))
    assert found["auc"] > 0.65
    assert found["ece"] < 0.06


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_labels_teach_nothing(seed):
    sample, _ = theatre(seed, count=1500)
    zone = np.random.default_rng(seed).permutation(sample.zone)
    shuffled = training.Sample(sample.table, zone, sample.block, sample.area)
    assert training.judge(shuffled, np.random.default_rng(0))["auc"] == pytest.approx(0.5, abs=0.06)


def test_blocks_stay_whole_and_folds_even():
    rng = np.random.default_rng(3)
    block, near = rng.integers(0, 150, 600), rng.random(600) < 0.4
    fold = training.folds(block, near)
    assert all(len(np.unique(fold[block == number])) == 1 for number in np.unique(block))
    counts = np.bincount(fold, minlength=training.FOLDS)
    shares = np.bincount(fold, weights=near) / counts
    assert counts.max() - counts.min() <= 12
    assert np.abs(shares - near.mean()).max() < 0.08


def test_auc_by_hand():
    near = np.array([True, False, True, False])
    assert training.auc(np.array([4.0, 1.0, 3.0, 2.0]), near) == 1.0
    assert training.auc(np.array([1.0, 1.0, 1.0, 1.0]), near) == 0.5
    assert training.auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False])) == 0.0


def test_war_probability_by_hand():
    # r = 2, c = .2, ρ = .25: (2 - .2) / .8 = 2.25; odds 1/3 · 2.25 = .75; P = 3/7.
    assert training.war_probability(np.log([2.0]), 0.2, 0.25)[0] == pytest.approx(3 / 7)
    assert training.war_probability(np.log([1.0]), 0.2, 0.25)[0] == pytest.approx(0.25)
    assert training.war_probability(np.log([0.1]), 0.2, 0.25)[0] > 0


def test_a_miscalibrated_score_shows():
    sample, _ = theatre()
    near = sample.zone == 0
    given = training.shares(sample)
    log_r = training.log_ratio(training.fit(sample.table, near), sample.table)
    honest = training.calibration_error(training.reliability(log_r, near, given))
    boasting = training.calibration_error(training.reliability(log_r * 4, near, given))
    assert honest < 0.04 < boasting


def test_draws_spread_round_the_point():
    sample, _ = theatre()
    found = training.draws(sample, 40, np.random.default_rng(1))
    assert found.shape == (40, 5)
    given = training.shares(sample)
    assert np.quantile(found[:, -1], 0.05) < given.prior < np.quantile(found[:, -1], 0.95)
    assert np.array_equal(found, training.draws(sample, 40, np.random.default_rng(1)))


@pytest.fixture(scope="module")
def tool(repository):
    spec = importlib.util.spec_from_file_location("train_thermal", repository / "tools" / "train_thermal.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_thermal"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sampled(tool, shared_data):
    return tool.sample_of(shared_data)


def test_the_committed_numbers_are_what_training_gives(tool, sampled, shared_data):
    found = tool.numbers(shared_data, *sampled)
    assert set(found) == set(tool.TEXTS)
    assert found["SOURCES"] == coefficients.SOURCES
    assert found["COUNTS"] == coefficients.COUNTS
    assert found["CONTAMINATION"] == pytest.approx(coefficients.CONTAMINATION, abs=1e-4)
    assert found["PRIOR"] == pytest.approx(coefficients.PRIOR, abs=1e-4)
    for name, made in found["VARIANTS"].items():
        held = coefficients.VARIANTS[name]
        assert np.allclose(made["weights"], held["weights"], atol=2e-3)
        assert np.allclose(made["draws"], held["draws"], atol=2e-2)
        assert made["calibration"]["auc"] == pytest.approx(held["calibration"]["auc"], abs=2e-3)
        assert made["calibration"]["ece"] == pytest.approx(held["calibration"]["ece"], abs=2e-3)


@pytest.mark.parametrize("name", ["marks", "truce", "war", "settled"])
def test_a_probability_that_is_shown_is_calibrated(name):
    judged = coefficients.VARIANTS[name]["calibration"]
    assert judged["ece"] <= judged["ece_by_chance_95"]


def test_what_surrounds_a_fire_is_worth_more_than_its_marks():
    auc = {name: held["calibration"]["auc"] for name, held in coefficients.VARIANTS.items()}
    assert auc["marks"] < 0.65
    assert min(auc["truce"], auc["war"]) > 0.75


def test_training_twice_gives_the_same_bytes(repository, shared_data, tmp_path, monkeypatch):
    """On a thinned copy of the data, each time in a process of its own."""
    monkeypatch.syspath_prepend(repository / "tools")
    names = vars(importlib.import_module("train_place_blind"))
    for name in (names["LINE"], names["WEATHER_FILE"], names["GRID"], names["LAND_USE"], names["POPULATION"]):
        shutil.copy(shared_data / name, tmp_path / name)
    for name in names["STRIKES"]:
        lines = (shared_data / name).read_text("utf-8").splitlines(keepends=True)
        (tmp_path / name).write_text("".join([lines[0], *lines[1::20]]), "utf-8")
    for name, step in ((names["FIRES"], 100), (names["BASELINE"], 400)):
        table = pq.read_table(shared_data / name)
        pq.write_table(table.take(np.arange(0, len(table), step)), tmp_path / name)
    words = "import sys, train_place_blind as t; from pathlib import Path; print(t.text(t.train(Path(sys.argv[1]))))"
    where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    made = [
        subprocess.run(
            [sys.executable, "-c", words, str(tmp_path)],
            env={**where, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(made[0]) > 20_000
    assert hashlib.sha256(made[0]).digest() == hashlib.sha256(made[1]).digest()


def test_shuffled_real_labels_teach_nothing(sampled):
    sample, _ = sampled
    same_day = sample.table[:, :5]
    found = []
    for seed in range(4):
        zone = np.random.default_rng(seed).permutation(sample.zone)
        shuffled = training.Sample(same_day, zone, sample.block, sample.area)
        found.append(training.judge(shuffled, np.random.default_rng(0))["auc"])
    assert np.mean(found) == pytest.approx(0.5, abs=0.04)


def test_no_fire_of_the_truce_is_trained_on(sampled):
    _, besides = sampled
    counts = besides["counts"]
    used = counts["near"] + counts["between"] + counts["far"] + counts["far_by_strike"]
    assert used + counts["truce_left_out"] + counts["masked"] == counts["events"]
    assert counts["truce_left_out"] > 20


def test_the_model_card_shows_the_figures_of_the_code(repository):
    text = (repository / "docs/explanation/thermal.md").read_text("utf-8")

    def shown(value, digits):
        return f"{value:.{digits}f}".removeprefix("0")

    judged = [coefficients.VARIANTS[name]["calibration"] for name in ("marks", "truce", "war", "settled")]
    for key, digits in (("auc", 2), ("auc_between", 2), ("ece", 3), ("ece_by_chance_95", 3)):
        assert "| " + " | ".join(shown(each[key], digits) for each in judged) + " |" in text
    for row in judged[1]["reliability"]:
        assert f"| {row['n']} | {shown(row['predicted'], 3)} | {shown(row['observed'], 3)} |" in text
    assert f"{judged[0]['n_near']} near and {judged[0]['n_far']} far events, {judged[0]['blocks']} blocks" in text
    assert f"{coefficients.COUNTS['masked']} of {coefficients.COUNTS['events']} events" in text
    assert f"ρ = {coefficients.PRIOR:.0%}".replace("%", " %") in text
    assert f"{coefficients.COUNTS['history_days']} days" in text
