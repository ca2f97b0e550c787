"""Figures of the data chapter."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting import diagrams
from generate.plotting.panels import Block, blocks
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results import data as results


@figure(
    digits=results.real_digits,
    alt=(
        "A 10 by 10 grid of real handwritten digits, one row for each class from 0 to 9. Within a row "
        "slant, stroke width and style differ from writer to writer."
    ),
    caption=("Real digits, ten of each class, as the models see them: 28 × 28 pixels of grey."),
)
def real_digits(theme: Theme, digits: Values) -> Sheet:
    """A grid of real digits, a row a class."""
    return blocks(theme, [Block("", digits.images.reshape(-1, 28, 28), theme.real)])


@figure(
    counts=results.class_counts,
    alt=(
        "Two bar charts of images per digit in {counts.dataset_title}. Training: {counts.train_total:,} "
        "images, from {counts.train[5]:,} fives to {counts.train[1]:,} ones. Test: {counts.test_total:,} "
        "images, from {counts.test[5]:,} fives to {counts.test[1]:,} ones."
    ),
    caption=(
        "Images per digit in {counts.dataset_title}. The dashed line is an even share. "
        "{counts.train_total:,} images train, {counts.validation_total:,} more are held out while "
        "training to watch progress, and the {counts.test_total:,} test images are for reporting alone."
    ),
)
def class_counts(theme: Theme, counts: Values) -> Sheet:
    """Images per digit in the training and the test set."""
    sheet = theme.figure(WIDTH, 4.4, vector=True)
    _bars(sheet.at(0.1, 0.4, 6.2, 1.45), theme, counts.train, f"Training set: {counts.train_total:,} images")
    _bars(sheet.at(0.1, 2.6, 6.2, 1.45), theme, counts.test, f"Test set: {counts.test_total:,} images")
    return sheet


@figure(
    network=results.judge,
    alt=(
        "Diagram of the digit classifier: {network.judge_total:,} parameters, four 3 by 3 convolutions and "
        "two linear layers. It reads {network.accuracy:.2%} of the test digits correctly."
    ),
    caption=(
        "The judge: a classifier of {network.judge_total:,} parameters that reads {network.accuracy:.2%} of "
        "the test digits, all but {network.errors}. Samples are compared in its {network.features} features, "
        "the layer before the last."
    ),
)
def judge(theme: Theme, network: Values) -> Sheet:
    """The layers of the classifier that measures."""
    rows = diagrams.network(network, "judge")
    sheet = theme.figure(WIDTH, 0.5 + len(rows) * diagrams.ROW, vector=True)
    axes = sheet.drawing()
    title = "Classifier: takes part in no training"
    top = diagrams.heading(axes, theme, 0.08, title=title, total=network.judge_total, colour=theme.real)
    diagrams.layers(axes, theme, rows, top, theme.real)
    return sheet


def _bars(axes: Axes, theme: Theme, counts: np.ndarray, title: str) -> None:
    bars = axes.bar(np.arange(10), counts, 0.82, color=theme.real)
    axes.bar_label(bars, [f"{count:,}" for count in counts], label_type="center", color=theme.paper)
    axes.axhline(float(np.mean(counts)), color=theme.muted, linewidth=1.2, dashes=(5, 3))
    axes.set_title(title, loc="left", weight="bold", pad=10)
    axes.set_xticks(range(10), [str(digit) for digit in range(10)], color=theme.ink)
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-0.5, 9.5)
