"""What a run computes on and in: by what a device can do, whatever it is called."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from generate import device
from generate.device import device_title, has_bfloat16, measuring_device, pick_device, precision_on
from generate.experiments import AE_2D
from generate.models.learner import autocast
from generate.pipeline.registry import UnknownName
from generate.workspace import Workspace

ZEN_3 = {"architecture": "x86_64", "avx2": True, "avx512_bf16": False, "amx_bf16": False}
SKYLAKE = ZEN_3 | {"avx512_f": True}
ZEN_4 = SKYLAKE | {"avx512_bf16": True}
SAPPHIRE_RAPIDS = ZEN_4 | {"amx_bf16": True}
GRAVITON = {"architecture": "aarch64"}


@pytest.fixture(autouse=True)
def forget() -> None:
    has_bfloat16.cache_clear()


def cpu(monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, Any], chosen: str, onednn: bool) -> None:
    """Let torch say this of the processor: what it has, the class it is used as, what oneDNN takes."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: chosen)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: onednn, raising=False)


@pytest.mark.parametrize(
    ("capabilities", "chosen", "onednn", "expected"),
    [
        (ZEN_3, "AVX2", False, "float32"),
        (SKYLAKE, "AVX512", True, "float32"),
        (ZEN_4, "AVX512", True, "bfloat16"),
        (ZEN_4, "AVX2", True, "float32"),
        (SAPPHIRE_RAPIDS, "AVX512", True, "bfloat16"),
        (SAPPHIRE_RAPIDS, "DEFAULT", True, "float32"),
        (GRAVITON, "DEFAULT", True, "bfloat16"),
        (GRAVITON, "DEFAULT", False, "float32"),
    ],
    ids=["AVX2", "AVX-512 that emulates", "AVX-512", "held down", "AMX", "held down too", "ARM", "old ARM"],
)
def test_a_cpu_computes_in_bfloat16_where_it_is_native_and_nobody_asked_for_less(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, Any], chosen: str, onednn: bool, expected: str
) -> None:
    cpu(monkeypatch, capabilities, chosen, onednn)
    assert precision_on("cpu") == expected
    assert precision_on("cpu", "float32") == "float32"


def test_without_onednn_nothing_is_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu(monkeypatch, ZEN_4, "AVX512", onednn=True)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert precision_on("cpu") == "float32"


def test_a_gpu_that_emulates_bfloat16_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    for native in (True, False):
        has_bfloat16.cache_clear()
        monkeypatch.setattr(
            torch.cuda,
            "is_bf16_supported",
            lambda including_emulation=True, native=native: native or including_emulation,
        )
        assert precision_on("cuda:1") == ("bfloat16" if native else "float32")
    assert precision_on("mps") == "float32"


@pytest.mark.parametrize("native", [True, False])
def test_convolutions_run_in_what_was_decided(monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    monkeypatch.setattr(device, "has_bfloat16", lambda _: native)
    weight = torch.ones(2, 2)
    with autocast("bfloat16", torch.device("cpu")):
        assert (weight @ weight).dtype == (torch.bfloat16 if native else torch.float32)
    with autocast("float32", torch.device("cpu")):
        assert (weight @ weight).dtype == torch.float32


def test_the_format_is_no_part_of_a_runs_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set()
    for native in (True, False):
        monkeypatch.setattr(device, "has_bfloat16", lambda _, native=native: native)
        keys.add(Workspace().run_key(AE_2D))
    assert len(keys) == 1


def offer(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in kinds)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in kinds)


@pytest.mark.parametrize(
    ("kinds", "picked"),
    [((), "cpu"), (("mps",), "mps"), (("cuda",), "cuda"), (("cuda", "mps"), "cuda")],
)
@pytest.mark.parametrize("wanted", [None, "", "auto"])
def test_the_quickest_device_is_picked(
    monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...], picked: str, wanted: str | None
) -> None:
    offer(monkeypatch, *kinds)
    assert pick_device(wanted) == picked


@pytest.mark.parametrize("wanted", ["mps", "cuda", "cuda:9", "gpu", "meta", "xpu", "privateuseone", "-", "é"])
def test_a_device_that_is_not_here_is_refused_in_one_short_sentence(
    monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    offer(monkeypatch)
    with pytest.raises(UnknownName) as refused:
        pick_device(wanted)
    told = str(refused.value)
    assert told == f"no device {wanted!r} here; try auto or cpu"


def test_what_lacks_float64_is_measured_on_the_cpu() -> None:
    assert measuring_device("mps") == "cpu"
    assert {measuring_device(name) for name in ("cpu", "cuda", "cuda:1")} == {"cpu", "cuda", "cuda:1"}
    assert device_title("mps") == "Apple GPU (MPS)"
    assert device_title("cpu") == "CPU, 1 thread"
