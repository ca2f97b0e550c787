"""What the VAE's KL consists of."""

from __future__ import annotations

from matplotlib.axes import Axes

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results.vae import split as results

LEFT, BREADTH = 0.62, 5.6  # inches


@figure(
    split=results.kl_split,
    alt=(
        "Two stacked bars of the KL of training images. 2-D VAE: {split.kl_2d:.1f} nats, of them "
        "{split.information_2d:.1f} information, {split.correlation_2d:.2f} total correlation and "
        "{split.marginal_2d:.2f} of single dimensions. 16-D VAE: {split.kl_16d:.1f} nats, of them "
        "{split.information_16d:.1f} information, at the ceiling of {split.ceiling:.1f}, "
        "{split.correlation_16d:.1f} total correlation and {split.marginal_16d:.2f} of single dimensions. "
        "Below, sixteen bars: each dimension alone tells {split.alone_16d[0]:.1f} to "
        "{split.alone_16d[15]:.1f} nats."
    ),
    caption=(
        "What the KL consists of, in nats an image, over the {split.images:,} training images: information "
        "about which image it was; total correlation, which is how far dimensions depend on one another; and "
        "the dark end, how far single dimensions are from $N(0, 1)$. Dashed: $\\ln$ {split.images:,}, the "
        "most that so many images can be told apart by. Below: what each dimension of the 16-D code tells by "
        "itself. These add up to {split.alone_total_16d:.1f} nats because the same is told more than once."
    ),
)
def kl_split(theme: Theme, split: Values) -> Sheet:
    """The KL of both VAEs in three parts; under it, what single dimensions tell."""
    sheet = theme.figure(WIDTH, 4.4, vector=True)
    axes = sheet.at(LEFT, 0.45, BREADTH, 1.3)
    for place, (suffix, name) in enumerate((("2d", "2-D"), ("16d", "16-D"))):
        _stacked(axes, theme, split, place, suffix)
        axes.text(-0.3, place, name, ha="right", va="center", color=theme.vae, weight="bold")
    axes.set(xlim=(0, split.kl_16d * 1.18), ylim=(1.5, -0.6))
    axes.set_axis_off()
    axes.axvline(split.ceiling, color=theme.ink, linewidth=1.3, dashes=(5, 3))
    axes.text(split.ceiling, -0.7, f"$\\ln$ {split.images:,} = {split.ceiling:.1f}", ha="center")
    _alone(sheet.at(LEFT, 2.5, BREADTH, 1.25), theme, split)
    return sheet


def _stacked(axes: Axes, theme: Theme, split: Values, place: int, suffix: str) -> None:
    """One model's KL: its parts side by side, named where there is room, and what they add up to."""
    fills = {
        "information": (theme.vae, theme.over(theme.vae)),
        "total correlation": (theme.blend(theme.vae, 0.3), theme.ink),
        "single dimensions": (theme.ink, theme.paper),
    }
    start = 0.0
    for (title, (fill, ink)), name in zip(
        fills.items(), ("information", "correlation", "marginal"), strict=True
    ):
        nats = max(0.0, split[f"{name}_{suffix}"])
        axes.barh(place, nats, 0.62, start, color=fill)
        if nats > split.kl_16d / 5:
            axes.text(start + nats / 2, place, f"{title} {nats:.1f}", color=ink, ha="center", va="center")
        start += nats
    total = f"{split[f'kl_{suffix}']:.1f} nats"
    axes.text(start + 0.25, place, total, va="center", color=theme.vae, weight="bold")


def _alone(axes: Axes, theme: Theme, split: Values) -> None:
    """What each dimension tells by itself, in order, and what all of them would if nothing came twice."""
    nats = split.alone_16d
    axes.bar(range(1, len(nats) + 1), nats, 0.72, color=theme.vae)
    axes.set_title(
        f"each of 16 dimensions alone, nats: {split.alone_total_16d:.1f} in all", loc="left", pad=10
    )
    axes.set_xticks(range(1, len(nats) + 1))
    axes.tick_params(length=0)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.01)
    axes.set_xlabel("dimensions, in the order of their KL")
