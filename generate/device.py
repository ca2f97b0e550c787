"""What a machine computes on, and in which number format: decided here, from what it can do."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from generate.pipeline.registry import UnknownName

if TYPE_CHECKING:
    import torch

# What Apple's GPU lacks is computed on the CPU, and torch names it; it reads this when it is imported.
os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")


def pick_device(wanted: str | None = None) -> str:
    """``wanted``; for None or ``auto`` CUDA where there is one, else Apple's MPS, else the CPU.

    Raises:
        UnknownName: this machine has no such device.
    """
    if wanted == "cpu":
        return wanted  # every machine has it: no need to wait for torch to say so
    import torch

    offered = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    here = [name for name, is_here in offered.items() if is_here]
    if wanted in (None, "", "auto"):
        return here[0]
    try:
        if torch.device(wanted).type in here:
            torch.empty(0, device=wanted)
            return wanted
    except (RuntimeError, AssertionError):  # a name torch does not know, or a number beyond the last
        pass
    raise UnknownName(f"no device {wanted!r} here; try auto or {' or '.join(here)}")


def device_title(device: str) -> str:
    """A device as a run's card names it."""
    import torch

    match torch.device(device).type:
        case "cuda":
            return torch.cuda.get_device_name(device)
        case "mps":
            return "Apple GPU (MPS)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' * (threads > 1)}"


def measuring_device(device: str) -> str:
    """Where runs trained on ``device`` are measured: what has no float64, which measures need, does not."""
    return "cpu" if device.startswith("mps") else device


def precision_on(device: str | torch.device, wanted: str = "bfloat16") -> str:
    """The number format of products and convolutions: ``wanted`` where it is native, else float32.

    A CPU that has AVX2 and no more emulates bfloat16, 11 to 15 times slower than it computes in float32.
    """
    import torch

    kind = torch.device(device).type
    return wanted if wanted != "bfloat16" or has_bfloat16(kind) else "float32"


@cache
def has_bfloat16(kind: str) -> bool:
    """Whether devices of this kind compute in bfloat16 natively; of MPS torch cannot tell."""
    import torch

    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if kind != "cpu" or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    supported = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    offered = torch.cpu.get_capabilities()
    if offered.get("architecture") != "x86_64":
        return supported
    # AVX-512 alone converts to float32 and back, and a class below the processor's own may be asked for.
    held_down = torch.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2")
    return supported and not held_down and bool(offered.get("avx512_bf16") or offered.get("amx_bf16"))
