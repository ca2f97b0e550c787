"""The two themes. This is the only file with colour values; everything else asks for a role.

AE, VAE and GAN keep one colour each in every figure. The colours were searched for, not picked: under normal
vision and under the three simulated colour-vision deficiencies of Machado et al. (2009) they stay apart, and
families and texts have a contrast of at least 4.5:1 on the page. ``tests/plotting`` measures both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.typing import RcKeyType
from numpy.typing import ArrayLike, NDArray

from generate.plotting.sheet import Sheet

FAMILIES = {"ae": "AE", "vae": "VAE", "gan": "GAN"}  # titles by role, in the order they are always shown in
POINTS = 11  # 11 pt on a sheet 6.4 in wide is still 8.6 CSS px when a phone shows it 360 px wide


@dataclass(frozen=True)
class Theme:
    """Colours by role. ``digits`` holds ten, one a class; ``tile`` is the ground a digit is drawn on."""

    name: str
    ink: str
    paper: str
    muted: str
    faint: str
    tile: str
    ae: str
    vae: str
    gan: str
    real: str
    digits: tuple[str, ...]

    def rc(self) -> dict[RcKeyType, object]:
        """Return Matplotlib settings; only fonts that ship with Matplotlib, so that bytes do not vary."""
        return _COMMON | {
            "figure.facecolor": self.paper,
            "savefig.facecolor": self.paper,
            "axes.facecolor": "none",
            "axes.edgecolor": self.muted,
            "axes.labelcolor": self.ink,
            "text.color": self.ink,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "grid.color": self.faint,
        }

    def figure(self, width: float, height: float, *, vector: bool = False, dpi: int = 200) -> Sheet:
        """Return a blank sheet of ``width`` x ``height`` inches; 1 inch is 100 CSS pixels on the page."""
        return Sheet(width, height, paper=self.paper, vector=vector, dpi=dpi)

    def shade(self, images: NDArray[np.uint8], ground: ArrayLike | None = None) -> NDArray[np.uint8]:
        """Turn images (..., H, W), 0 = ground and 255 = ink, into colours (..., H, W, 3).

        ``ground`` (..., 3) in 0..1 replaces the tile colour, image by image.
        """
        low = np.asarray(to_rgb(self.tile) if ground is None else ground)[..., None, None, :]
        weight = images[..., None] / 255.0
        mixed: NDArray[np.float64] = (1 - weight) * low + weight * np.asarray(to_rgb(self.ink))
        return np.rint(255 * mixed).astype(np.uint8)

    def blend(self, colour: str, strength: float) -> tuple[float, float, float]:
        """Mix ``colour`` into the paper; strength 0 is paper, 1 is the colour."""
        mixed = strength * np.asarray(to_rgb(colour)) + (1 - strength) * np.asarray(to_rgb(self.paper))
        return float(mixed[0]), float(mixed[1]), float(mixed[2])

    def over(self, colour: str) -> str:
        """Choose ink or paper, whichever reads better on ``colour``."""
        return max((self.ink, self.paper), key=lambda text: contrast(text, colour))


def families(theme: Theme) -> list[tuple[str, str, str]]:
    """Role, title and colour of each family."""
    return [(name, title, getattr(theme, name)) for name, title in FAMILIES.items()]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = np.asarray(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


_COMMON: dict[RcKeyType, object] = {
    "font.family": "DejaVu Sans",
    "font.size": POINTS,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": POINTS,
    "axes.labelsize": POINTS,
    "xtick.labelsize": POINTS,
    "ytick.labelsize": POINTS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "path.simplify": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "one decoder, three objectives",
}

LIGHT = Theme(
    name="light",
    ink="#1b2030",
    paper="#ffffff",
    muted="#5b6472",
    faint="#e2e5ec",
    tile="#f1f3f7",
    ae="#0a78b4",
    vae="#bd4300",
    gan="#9509ff",
    real="#3f4a5a",
    digits=(
        "#c86dff",
        "#6d5b00",
        "#12c892",
        "#b6b6ed",
        "#12375b",
        "#6d1224",
        "#6d00a4",
        "#378080",
        "#4900ff",
        "#ffa412",
    ),
)

DARK = Theme(
    name="dark",
    ink="#e8eaf2",
    paper="#1e2129",
    muted="#a3abbb",
    faint="#363b48",
    tile="#2a2e39",
    ae="#639fcb",
    vae="#f8b923",
    gan="#9f71ff",
    real="#c3cad6",
    digits=(
        "#926d92",
        "#ffdb00",
        "#24ff80",
        "#c8c8ff",
        "#4992ff",
        "#c82449",
        "#b600b6",
        "#b6ffed",
        "#8024ff",
        "#c88000",
    ),
)

THEMES = (LIGHT, DARK)
