"""The smallest game, and the two ways round a divergence."""

from __future__ import annotations

import numpy as np

from generate.pipeline.registry import figure
from generate.pipeline.values import Values
from generate.plotting.sheet import WIDTH, Sheet
from generate.plotting.theme import Theme
from generate.results.line import games as results

SIDE = 1.86  # inches of a square


@figure(
    game=results.dirac,
    alt=(
        "Three ways of a game of one number against one around its equilibrium, from a distance of "
        "{game.together_start:.1f}: moved together they spiral out to {game.together_end:.1f}, in turns "
        "they circle and end at {game.turns_end:.1f}, in turns and with a penalty they settle, at "
        "{game.penalised_end:.4f}."
    ),
    caption=(
        "The smallest game, {game.steps} steps of {game.rate:.1f}. The data are a single point at 0, the "
        "generator makes the point $\\theta$ and the discriminator is a slope $\\psi$. Cross: the "
        "equilibrium. Ring: the start, the same for all. Left: both players move at once. Middle: in turns. "
        "Right: in turns, with a penalty on the slope ($\\gamma$ = {game.gamma:.1f})."
    ),
)
def dirac(theme: Theme, game: Values) -> Sheet:
    """Spiralling out, circling, settling."""
    sheet = theme.figure(WIDTH, 2.82, vector=True)
    reach = 1.08 * game.together_most
    ways = {"together": "both at once", "turns": "in turns", "penalised": "with a penalty"}
    for place, (name, title) in enumerate(ways.items()):
        axes = sheet.at(0.42 + 2.02 * place, 0.38, SIDE, SIDE)
        way = np.asarray(game[name])
        axes.plot(0, 0, "+", color=theme.ink, markersize=10)
        axes.plot(way[:, 0], way[:, 1], color=theme.gan, linewidth=1.3)
        axes.plot(*way[0], "o", markersize=7, mfc=theme.paper, mec=theme.ink)
        axes.plot(*way[-1], "o", markersize=6, color=theme.gan)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.set_xlabel("$\\theta$")
        axes.set_title(title, loc="left", color=theme.gan, weight="bold")
        if place:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel("$\\psi$", labelpad=-4)
    return sheet


@figure(
    fits=results.covering,
    alt=(
        "A density with two modes and two Gaussians fitted to it. By KL(p || q) the Gaussian covers both, "
        "with {fits.forward_valley:.0%} of its probability in the valley; by KL(q || p) it is the heavier "
        "mode alone, with a standard deviation of {fits.reverse_deviation:.2f}."
    ),
    caption=(
        "One Gaussian $q$ for a density $p$ with two modes. $\\mathrm{{KL}}(p \\| q)$ punishes a $q$ that "
        "is nearly nothing where $p$ is something: it covers both, and puts {fits.forward_valley:.0%} of "
        "itself into the valley, where $p$ has {fits.valley:.1%}. $\\mathrm{{KL}}(q \\| p)$ punishes a $q$ "
        "that is where $p$ is nearly nothing: it keeps the heavier mode and drops the other."
    ),
)
def covering(theme: Theme, fits: Values) -> Sheet:
    """Two modes, and what either divergence makes of them."""
    sheet = theme.figure(WIDTH, 3.0, vector=True)
    axes = sheet.at(0.15, 0.2, WIDTH - 0.3, 2.3)
    axes.fill_between(fits.places, fits.target, color=theme.blend(theme.real, 0.3), linewidth=0)
    curves = (("forward", "KL(p || q): covers", theme.vae), ("reverse", "KL(q || p): chooses", theme.gan))
    for name, _, colour in curves:
        axes.plot(fits.places, fits[name], color=colour)
    axes.text(1.5, 0.2, "p", color=theme.ink, ha="center", va="center", weight="bold")
    axes.text(-1.0, 0.86, curves[1][1], color=theme.gan, weight="bold")
    axes.text(2.35, 0.2, curves[0][1], color=theme.vae, weight="bold")
    axes.set(xlim=(-4.5, 5), ylim=(0, 1.05), yticks=[])
    axes.spines["left"].set_visible(False)
    return sheet
