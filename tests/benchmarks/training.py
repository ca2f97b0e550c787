"""Groups ``loop``, ``eager`` and ``peak``: what a training step costs, against three yardsticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from generate.device import precision_on
from generate.experiments import AE_16D, GAN_16D, VAE_16D, Run
from generate.models.learner import Batch
from generate.training.loop import schedule, summarise, train
from generate.training.trainer import Trainer
from tests.benchmarks.baselines import EagerAutoencoder, EagerGAN, EagerVAE, shuffled
from tests.benchmarks.context import Context
from tests.benchmarks.rows import Row
from tests.benchmarks.timing import Block, median_seconds, side_by_side, timed

FAMILIES = (AE_16D, VAE_16D, GAN_16D)
EAGER: dict[str, Callable[..., Any]] = {"AE_16D": EagerAutoencoder, "VAE_16D": EagerVAE, "GAN_16D": EagerGAN}
PEAK_SIZES = (1024, 2048, 4096)
SHORT = 16


def loop(context: Context) -> Iterator[Row]:
    """A step of a real run, with all that surrounds it, against the model's step alone; and the noise."""
    for run in FAMILIES:
        context.say(f"the loop around {run.name}")
        ours = trainer_block(trainer_of(run, context), context.steps)
        bare = bare_block(trainer_of(run, context), context.steps)
        pairs = side_by_side(ours, bare, context.blocks)
        step, alone = (median(found) / context.steps for found in (pairs.ours, pairs.baseline))
        aside = median(upkeep(run, context, step) for _ in range(context.repeats))
        ratio = pairs.slowdown + aside / alone
        yield Row(run.name, 1e3 * (step + aside), "ms", 1e3 * alone, ratio, "<= 1.05 x")
    context.say("a step against itself")
    same = (bare_block(trainer_of(FAMILIES[0], context), context.steps) for _ in range(2))
    pairs = side_by_side(next(same), next(same), context.blocks)
    step, alone = (1e3 * median(found) / context.steps for found in (pairs.ours, pairs.baseline))
    yield Row("noise: a step against itself", step, "ms", alone, pairs.slowdown)


def eager(context: Context) -> Iterator[Row]:
    """A step of the trainer against a step of the straightforward float32 loop.

    Where both compute in float32, arithmetic is nearly all of either, and there is little to gain.
    """
    limit = ">= 1.5 x" if precision_on("cpu") == "bfloat16" else ""
    for run in FAMILIES:
        context.say(f"{run.name} against the straightforward loop")
        ours = trainer_block(trainer_of(run, context), context.steps)
        pairs = side_by_side(ours, eager_block(run, context), context.blocks)
        step, theirs = (1e3 * median(found) / context.steps for found in (pairs.ours, pairs.baseline))
        yield Row(run.name, step, "ms", theirs, pairs.speedup, limit)


def peak(context: Context) -> Iterator[Row]:
    """Arithmetic done per second of training, against matrix products that do nothing else.

    In the format that runs compute in here, and in float32.
    """
    context.say("matrix products")
    formats = dict.fromkeys((precision_on("cpu"), "float32"))
    peaks = {name: peak_gflops(getattr(torch, name), context.repeats) for name in formats}
    for run in FAMILIES:
        context.say(f"{run.name} against the processor's peak")
        ours = trainer_block(trainer_of(run, context), context.steps)
        seconds = median_seconds(ours, context.blocks) / context.steps
        achieved = step_flops(run, context) / seconds / 1e9
        for name, rate in peaks.items():
            yield Row(f"{run.name}, {name} peak", achieved, "GFLOP/s", rate, achieved / rate)


def trainer_of(run: Run, context: Context, device: str = "cpu", **means: Any) -> Trainer:
    """A run's trainer at its first step."""
    return Trainer(run.model, run.optimisation, context.images.train, device, **means)


def trainer_block(trainer: Trainer, steps: int) -> Block:
    """So many steps of the real trainer and one entry of its history, which waits for a GPU to finish."""
    return lambda: summarise([trainer.advance() for _ in range(steps)], trainer.step)


def bare_block(trainer: Trainer, steps: int) -> Block:
    """As many steps of the learner alone on one batch; its number goes on, so that penalties fall due."""
    index = slice(0, trainer.optimisation.batch_size)
    noise = torch.Generator(trainer.device).manual_seed(0)
    batch = Batch(trainer.data.inputs(index), trainer.data.labels[index], noise)
    numbers = count()

    def block() -> None:
        for _ in range(steps):
            trainer.learner.step(replace(batch, step=next(numbers)))

    return block


def eager_block(run: Run, context: Context) -> Block:
    """As many steps of the straightforward loop, on images kept in memory as float32."""
    theirs = EAGER[run.name](run.model, run.optimisation)
    size = run.optimisation.batch_size
    batches = shuffled(context.images.train.inputs(), size)

    def block() -> None:
        for _ in range(context.steps):
            theirs.step(next(batches), torch.randn(size, theirs.latent))

    return block


def upkeep(run: Run, context: Context, step: float) -> float:
    """Seconds that snapshots, held-out losses and checkpoints add to each of a run's steps.

    Taken from a whole training of ``SHORT`` steps, less the steps themselves.
    """
    images = SHORT * run.optimisation.batch_size
    brief = replace(run, optimisation=replace(run.optimisation, images_seen=images))
    trainer = trainer_of(brief, context)
    with TemporaryDirectory() as folder:
        seconds = timed(lambda: train(trainer, context.images.validation, Path(folder)))
    taken, kept = (len(schedule(steps)[1]) for steps in (SHORT, run.optimisation.steps))
    return max(0.0, seconds - SHORT * step) / taken * kept / run.optimisation.steps


def step_flops(run: Run, context: Context) -> float:
    """Floating-point operations of a step, averaged over steps with and without penalty."""
    steps = getattr(run.model, "penalty_every", 1)
    block = bare_block(trainer_of(run, context), steps)
    with FlopCounter() as counter:
        block()
    return float(counter.total / steps)


class FlopCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the operations of products and convolutions by PyTorch's own formulas.

    PyTorch's FlopCounterMode does so too, but also follows modules by hooks that fail in a gradient penalty.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total = 0

    def __torch_dispatch__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation and count it."""
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        if formula := flop_registry.get(func.overloadpacket):
            self.total += formula(*args, **kwargs, out_val=out)
        return out


def peak_gflops(dtype: torch.dtype, repeats: int) -> float:
    """The best rate of square matrix products over a few sizes, each the median of some."""
    rates = []
    for size in PEAK_SIZES:
        left, right = (torch.randn(size, size).to(dtype) for _ in range(2))
        seconds = median_seconds(lambda left=left, right=right: left @ right, 2 * repeats + 1)  # type: ignore[misc]
        rates.append(2 * size**3 / seconds / 1e9)
    return max(rates)
