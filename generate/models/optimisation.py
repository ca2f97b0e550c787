"""How a run is optimised, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Optimisation:
    """How a run is optimised: everything the step needs besides the model.

    ``learning_rate`` is the peak; the loop warms it up and decays it. ``ema_decay`` is the decay of the
    exponential moving average of the weights, which is what gets measured and published.
    """

    images_seen: int
    batch_size: int = 64
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.99)
    warmup: float = 0.02
    ema_decay: float = 0.999
    precision: str = "bfloat16"
    seed: int = 0

    @property
    def steps(self) -> int:
        """Optimiser steps (for a GAN: discriminator and generator each take one)."""
        return max(1, self.images_seen // self.batch_size)
