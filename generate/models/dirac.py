"""The smallest game (Mescheder et al. 2018, section 2): one number against one number."""

from __future__ import annotations

from math import exp

import numpy as np


def dirac_game(
    *,
    steps: int,
    rate: float,
    start: tuple[float, float],
    gamma: float = 0.0,
    alternating: bool = True,
    momentum: float = 0.0,
) -> np.ndarray:
    """The way of (theta, psi) under gradient descent, by steps: (steps + 1, 2).

    All data are 0. The generator makes nothing but ``theta``; the discriminator's logit is psi x, so that all
    it can do is lean. What one pays the other wins: the discriminator descends softplus(psi theta), the
    generator climbs it (the saturating loss), so that in continuous time they circle for ever. ``gamma`` / 2
    times the squared slope at the data (R1) is added to the discriminator's loss. ``alternating``: the
    generator answers the discriminator that has moved already. With ``momentum`` each steps along a running
    mean of its gradients, as Adam's beta1 has it.
    """
    theta, psi = start
    push, pull = 0.0, 0.0
    way = [(theta, psi)]
    for _ in range(steps):
        push = momentum * push - (1 - momentum) * (_sigmoid(psi * theta) * theta + gamma * psi)
        seen = psi + rate * push if alternating else psi
        pull = momentum * pull + (1 - momentum) * _sigmoid(seen * theta) * seen
        theta, psi = theta + rate * pull, psi + rate * push
        way.append((theta, psi))
    return np.array(way)


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value))
