import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

Convert = Callable[[str], str]


def picture(name: str, theme: str, *formats: str) -> dict[str, Any]:
    return {
        suffix: {"path": f"figures/{name}.{theme}.{suffix}", "sha256": "", "width": 640, "height": 480}
        for suffix in formats
    }


def entry(name: str, *formats: str) -> dict[str, Any]:
    return {
        "alt": "Ten clusters.",
        "caption": "Codes $z$ of **{name}**, {{ num vae/plane.accuracy:.1% }} right.",
        "results": ["vae/plane"],
        "runs": ["VAE_2D"],
        "source": "generate/figures/vae/space.py",
        "files": {theme: picture(name, theme, *formats) for theme in ("light", "dark")},
    }


@pytest.fixture
def published(tmp_path: Path) -> Path:
    manifest = {
        "figures": {
            "vae/plane": entry("vae/plane", "png"),
            "vae/curve": entry("vae/curve", "svg"),
            "vae/film": entry("vae/film", "gif", "png"),
        },
        "results": {"vae/plane": {"file": "data/results/vae/plane.npz"}},
        "runs": {
            "VAE_2D": {
                "config": {
                    "model": {"type": "VAEConfig", "latent": 2, "beta": 1.0, "binarise": False},
                    "optimisation": {
                        "batch_size": 64,
                        "images_seen": 825000,
                        "learning_rate": 0.003,
                        "seed": 7,
                    },
                },
                "key": "252a5ca25a96",
                "parameters": {"encoder": 1000, "decoder": 100},
                "provenance": {
                    "dataset": "MNIST",
                    "device": "CPU, 1 thread",
                    "finished": "2026-11-21",
                    "python": "3.11.7",
                    "seconds": 450,
                    "torch": "2.15.0",
                },
            }
        },
    }
    numbers = {
        "VAE_2D.parameters": 1234567,
        "VAE_2D.device": "CPU",
        "vae/plane.accuracy": 0.8765,
        "vae/plane.x": -0.25,
    }
    (tmp_path / "data").mkdir()
    (tmp_path / "data/manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "data/numbers.json").write_text(json.dumps(numbers))
    return tmp_path


@pytest.fixture
def converter(published: Path) -> Markdown:
    options = {"site_src.shortcodes": {"docs": str(published)}}
    return Markdown(
        extensions=["site_src.shortcodes", "tables", "pymdownx.superfences"], extension_configs=options
    )


@pytest.fixture
def html(converter: Markdown) -> Convert:
    return converter.convert
