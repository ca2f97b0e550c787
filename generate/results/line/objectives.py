"""The three objectives at work on points of the plane, and what they leave behind."""

from __future__ import annotations

import numpy as np
import torch

from generate.models import line
from generate.models.line import GAMMA, SIGMA, LineAE, LineGAN, LineModel, Rules
from generate.pipeline.registry import result
from generate.results.parts.line import (
    AWAY,
    BINS,
    DRAWS,
    LINE,
    MODELS,
    TRAININGS,
    Encoding,
    across,
    chances,
    compact,
    fresh,
    from_bell,
    histogram,
    latents,
    nearest,
    off,
    own_codes,
    score_map,
)

SETS = ("moons", "ring", "spiral", "blobs")
FRAMES = 30
SHOWN, MADE = 700, 160  # points drawn of the data, and of samples


@result()
def three_objectives() -> dict[str, object]:
    """Each family on the two moons, five trainings at once; the first is filmed.

    At ``steps`` (F,): ``<family>_curve`` (F, 181, 2), the decoder's image of codes -3..3;
    ``<family>_samples`` (F, N, 2); ``<family>_codes`` (F, bins), densities over ``bins``; ``gan_score``
    (F, C, C), D(x) in 0..1.

    At the end, of five trainings (mean, ``_low``, ``_high``, ``_each``): ``<family>_off``, the share of
    samples from N(0, 1) away from the data; ``_missed``, the share of data points away from every sample;
    ``_error``, the root-mean-square distance of a point from its reconstruction; ``_bell``, how far codes lie
    from being N(0, 1); ``_own_off``, the share off of what the points' own codes decode to; ``_deviation``,
    of those codes. Away is farther than 3 deviations of the noise; of fresh data ``real_off`` are.
    """
    points = fresh("moons", DRAWS)
    moments = _moments()
    values: dict[str, object] = {"points": compact(points[:SHOWN]), "bins": BINS, "line": compact(LINE)}
    values |= {"steps": np.array(moments), "trainings": TRAININGS, "away": AWAY, "taken": line.STEPS}
    values |= {"batch": line.BATCH, "real_off": off(points, "moons").float().mean().item()}
    for name, kind in MODELS.items():
        model = kind(TRAININGS)
        course = line.course(model, ["moons"] * TRAININGS, line.STEPS)
        frames = [_frame(model) for taken in course if taken in moments]
        values |= {f"{name}_{key}": np.stack([frame[key] for frame in frames]) for key in frames[0]}
        values |= _made(name, model)
        if isinstance(model, Encoding):
            values |= _encoded(name, model)
    return values


def _moments() -> list[int]:
    """Steps to film at: many early, when most happens."""
    places = np.linspace(0, 1, FRAMES) ** 2
    return sorted({round(line.STEPS * float(place)) for place in places})


def _frame(model: LineModel) -> dict[str, np.ndarray]:
    shown = {"curve": compact(model.decode(LINE)[0]), "samples": compact(model.decode(latents(MADE))[0])}
    if isinstance(model, Encoding):
        shown["codes"] = histogram(own_codes(model, fresh("moons", DRAWS))[0]).astype(np.float16)
    if isinstance(model, LineGAN):
        shown["score"] = score_map(model)
    return shown


def _made(name: str, model: LineModel) -> dict[str, object]:
    samples, points = model.decode(latents()), fresh("moons", DRAWS)
    far = nearest(points.expand(model.members, -1, -1), samples) > AWAY * line.DATA["moons"].noise
    away = off(samples, "moons").float().mean(1)
    return across(f"{name}_off", away) | across(f"{name}_missed", far.float().mean(1))


def _encoded(name: str, model: Encoding) -> dict[str, object]:
    points = fresh("moons", DRAWS)
    codes = own_codes(model, points)
    rebuilt = model.decode(codes)
    columns = {
        "error": (rebuilt - points).square().sum(-1).mean(1).sqrt(),
        "bell": from_bell(codes),
        "own_off": off(rebuilt, "moons").float().mean(1),
        "deviation": codes.std((1, 2)),
    }
    found = (across(f"{name}_{key}", column) for key, column in columns.items())
    return {key: value for part in found for key, value in part.items()}


@result()
def data_sets() -> dict[str, object]:
    """Every family at the end on four data sets, one training each.

    For each set: ``<set>_points`` (N, 2), ``<set>_<family>_curve`` (181, 2), ``<set>_<family>_samples`` (N,
    2) and ``<set>_<family>_codes`` (bins,); ``<set>_<family>_off``, the share of samples away from the data.
    """
    values: dict[str, object] = {"bins": BINS}
    values |= {f"{name}_points": compact(fresh(name, SHOWN)) for name in SETS}
    for family, kind in MODELS.items():
        model = line.trained(kind(len(SETS)), SETS)
        curves, samples = model.decode(LINE), model.decode(latents())
        for place, name in enumerate(SETS):
            key = f"{name}_{family}"
            values[f"{key}_curve"] = compact(curves[place])
            values[f"{key}_samples"] = compact(samples[place, :MADE])
            values[f"{key}_off"] = off(samples[place], name).float().mean().item()
            if isinstance(model, Encoding):
                values[f"{key}_codes"] = histogram(own_codes(model, fresh(name, DRAWS))[place])
    return values


@result()
def gradients() -> dict[str, object]:
    """What either kind of objective would have the same made points do; early on the two moons, five times.

    The points are an autoencoder's reconstructions after a fiftieth of its training; discriminators have
    learned, for a fifth of a training, to tell them from data: one with its penalty, one ``free`` of it. Of
    the first training, (N, 2): ``points`` the data, ``made`` their reconstructions, and minus the gradients
    of each point's own loss there: ``rebuild`` (the autoencoders', (x - x_hat) / sigma^2), ``game`` and
    ``free`` (non-saturating), ``saturating`` (by the free one). ``score`` (C, C) is D; ``free_score``
    that without.

    Of all trainings (mean, ``_low``, ``_high``, ``_each``): ``believed`` and ``free_believed``, the mean D of
    made points; ``times`` and ``free_times``, how much longer the mean pull of -log D is than that of
    log(1 - D); ``agree``, the share of points that the autoencoders' pull and the game's send into the same
    half of the plane.
    """
    model, data = LineAE(TRAININGS), ["moons"] * TRAININGS
    gan = LineGAN(2 * TRAININGS, Rules(gamma=(GAMMA,) * TRAININGS + (0.0,) * TRAININGS))
    for _ in line.course(model, data, line.STEPS // 50):
        pass
    chance = chances(4)
    for _ in range(line.STEPS // 5):
        shown, other = (
            torch.stack([line.DATA[name].draw(line.BATCH, chance) for name in data]) for _ in range(2)
        )
        gan.judge(shown.repeat(2, 1, 1), _rebuilt(model, other).repeat(2, 1, 1))
    points = fresh("moons", DRAWS).expand(TRAININGS, -1, -1)
    made = _rebuilt(model, points)
    logits, slopes = gan.slopes(made.repeat(2, 1, 1))
    climbing, falling = (-logits).sigmoid() * slopes, logits.sigmoid() * slopes
    rebuild, game = (points - made) / SIGMA**2, climbing[:TRAININGS]
    pulls = {"rebuild": rebuild, "game": game}
    pulls |= {"free": climbing[TRAININGS:], "saturating": falling[TRAININGS:]}
    values: dict[str, object] = {name: compact(pull[0, :SHOWN]) for name, pull in pulls.items()}
    values |= {"points": compact(points[0, :SHOWN]), "made": compact(made[0, :SHOWN])}
    values |= {
        "score": score_map(gan),
        "free_score": score_map(gan, TRAININGS),
        "trainings": TRAININGS,
        "sigma": SIGMA,
    }
    believed, times = logits.sigmoid().mean((1, 2)), _length(climbing) / _length(falling)
    for kind, those in (("", slice(TRAININGS)), ("free_", slice(TRAININGS, None))):
        values |= across(f"{kind}believed", believed[those]) | across(f"{kind}times", times[those])
    return values | across("agree", ((rebuild * game).sum(-1) > 0).float().mean(1))


def _length(pulls: torch.Tensor) -> torch.Tensor:
    """The mean length of arrows (K, N, 2): (K,)."""
    lengths: torch.Tensor = pulls.norm(dim=-1)
    return lengths.mean(1)


def _rebuilt(model: LineAE, points: torch.Tensor) -> torch.Tensor:
    """Reconstructions (K, N, 2) of points (K, N, 2)."""
    with torch.no_grad():
        codes = model.posterior(points)[0]
    rebuilt: torch.Tensor = model.decode(codes)
    return rebuilt
