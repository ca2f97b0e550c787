"""Arithmetic beneath the three: the smallest game, and the two ways round a divergence."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from generate.evaluation.fits import Fit, fitted_gaussian
from generate.models.dirac import dirac_game
from generate.pipeline.registry import result

START = (0.6, 0.0)
RATE, STEPS, GAMMA, MOMENTUM = 0.2, 250, 0.3, 0.5

PLACES = np.linspace(-8, 8, 3_201)
HEAVY, LIGHT = 0.6, 0.4  # shares of the two modes
CENTRES, NOISE = (-1.5, 1.5), 0.4
STARTS = np.array([*CENTRES, 0.0])


@result()
def dirac() -> dict[str, object]:
    """The ways (T, 2) of (theta, psi) from the same start, and how far from the equilibrium each ends.

    ``together``: both move at once, without a penalty; ``turns``: the generator answers; ``penalised``: that
    with R1; ``carried``: in turns with momentum. ``<way>_start`` and ``<way>_end`` are distances from (0, 0).
    """
    rules: dict[str, tuple[bool, float, float]] = {
        "together": (False, 0.0, 0.0),
        "turns": (True, 0.0, 0.0),
        "penalised": (True, GAMMA, 0.0),
        "carried": (True, 0.0, MOMENTUM),
    }
    values: dict[str, object] = {"rate": RATE, "steps": STEPS, "gamma": GAMMA, "momentum": MOMENTUM}
    for name, (alternating, gamma, momentum) in rules.items():
        way = dirac_game(
            steps=STEPS, rate=RATE, start=START, gamma=gamma, alternating=alternating, momentum=momentum
        )
        radius = np.linalg.norm(way, axis=1)
        values |= {name: way, f"{name}_start": radius[0], f"{name}_end": radius[-1]}
        values |= {f"{name}_least": radius.min(), f"{name}_most": radius.max()}
    return values


@result()
def covering() -> dict[str, object]:
    """One Gaussian for two modes, by KL(p || q) (``forward``) and by KL(q || p) (``reverse``).

    ``places`` (N,) with densities ``target``, ``forward`` and ``reverse``. Of either fit: ``_mean``,
    ``_deviation``, its divergence ``_kl``, and ``_valley``, how much of its probability lies farther than 3
    deviations from both modes, where the target has ``valley``; ``_light``, how much lies on the light side.
    """
    shares = ((HEAVY, CENTRES[0]), (LIGHT, CENTRES[1]))
    log_density = np.logaddexp(
        *(np.log(share) + norm(centre, NOISE).logpdf(PLACES) for share, centre in shares)
    )
    step = PLACES[1] - PLACES[0]
    valley = np.abs(np.abs(PLACES) - CENTRES[1]) > 3 * NOISE
    target = np.exp(log_density)
    shown = slice(None, None, 8)
    values: dict[str, object] = {"places": PLACES[shown], "target": target[shown]}
    values |= {"valley": float(target[valley].sum() * step), "heavy": HEAVY, "light": LIGHT}
    for name in ("forward", "reverse"):
        fit = fitted_gaussian(PLACES, log_density, forward=name == "forward", starts=STARTS)
        density = norm(fit.mean, fit.deviation).pdf(PLACES)
        values |= {name: density[shown], f"{name}_kl": _of(fit, name)}
        values |= {f"{name}_mean": fit.mean, f"{name}_deviation": fit.deviation}
        values |= {f"{name}_valley": float(density[valley].sum() * step)}
        values |= {f"{name}_light": float(density[PLACES > 0].sum() * step)}
    return values


def _of(fit: Fit, name: str) -> float:
    return fit.forward if name == "forward" else fit.reverse
