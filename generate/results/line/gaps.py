"""No continuous curve can jump: what each family leaves between two islands."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from generate.models import line
from generate.pipeline.registry import result
from generate.results.parts.line import (
    AWAY,
    DRAWS,
    MODELS,
    TRAININGS,
    Encoding,
    across,
    compact,
    fresh,
    latents,
    off,
    own_codes,
)

DATA = "blobs"
PLACES = torch.linspace(-4, 4, 801)[:, None]  # codes at which the line is looked at


@result()
def crossing_gaps() -> dict[str, object]:
    """How much of what each family makes lies away from two far islands; five trainings of each.

    Away is farther than 3 deviations of the noise from either centre; of fresh data ``real_off`` are. Shares
    of samples, as mean, ``_low``, ``_high`` and ``_each``: ``<family>_off`` from N(0, 1); ``_between``, those
    of them between the centres' abscissae, and ``_beyond``, the rest. ``<family>_own_off``: from the codes of
    fresh points; ``_fitted_off``: from one Gaussian fitted to these.

    ``places`` (P,) of the line and ``<family>_away`` (K, P): 0 where the decoder is on an island, 1 between,
    2 beyond; ``<family>_curve`` (P, 2), of the first training.
    """
    points, trainings = fresh(DATA, DRAWS), [DATA] * TRAININGS
    values: dict[str, object] = {"places": compact(PLACES[:, 0]), "trainings": TRAININGS, "away": AWAY}
    values |= {"points": compact(points[:600]), "real_off": off(points, DATA).float().mean().item()}
    for name, kind in MODELS.items():
        model = line.trained(kind(TRAININGS), trainings)
        curves = model.decode(PLACES)
        where = _where(curves)
        values |= {f"{name}_curve": compact(curves[0]), f"{name}_away": where.numpy().astype(np.uint8)}
        values |= _shares(f"{name}_off", _where(model.decode(latents())))
        if isinstance(model, Encoding):
            codes = own_codes(model, points)
            fitted = codes.mean(1, keepdim=True) + codes.std(1, keepdim=True) * latents()
            for key, given in (("own", codes), ("fitted", fitted)):
                values |= _shares(f"{name}_{key}_off", _where(model.decode(given)))
    return values


def _where(points: Tensor) -> Tensor:
    """For points (K, N, 2): 0 on an island, 1 off and between the two, 2 off elsewhere."""
    between = points[..., 0].abs() < 1
    where: Tensor = off(points, DATA) * torch.where(between, 1, 2)
    return where


def _shares(name: str, where: Tensor) -> dict[str, object]:
    shares = {"": where > 0, "_between": where == 1, "_beyond": where == 2}
    found = (across(f"{name}{key}", some.float().mean(1)) for key, some in shares.items())
    return {key: value for part in found for key, value in part.items()}
