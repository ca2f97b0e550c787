"""What lies halfway between two codes, on the straight line and on the arc."""

from __future__ import annotations

import torch
from torch import Tensor

from generate.data import Dataset
from generate.evaluation.chunks import in_chunks
from generate.evaluation.neighbours import overlap
from generate.latent.interpolation import linear, spherical
from generate.results.parts.common import Reference, feature_ratio, reference
from generate.training.finished import Trained

SHRUNK = 0.5**0.5  # of a draw's length is left halfway between two independent draws of N(0, I)
RESAMPLES = 100  # of the pairs, for a standard error
TYPICAL = (0.025, 0.975)  # quantiles of the codes' norms


def halfway(codes: Tensor, others: Tensor) -> dict[str, Tensor]:
    """Midpoints of codes and their partners, each (N, d), on the ``line`` and on the ``arc``.

    The arc is taken about the mean of ``codes``: an autoencoder's are not centred on 0, and only about their
    centre do they lie near a sphere. Draws of N(0, I), and codes of a VAE, have their mean near 0.
    """
    middle, centre = torch.tensor([0.5], device=codes.device), codes.mean(0)
    arc = centre + spherical(codes - centre, others - centre, middle)[0]
    return {"line": linear(codes, others, middle)[0], "arc": arc}


def partners(count: int) -> Tensor:
    """For each of ``count`` codes the place of another, at random but always the same: (count,).

    One round through all of them: no pair comes twice, and none is of a code with itself. Neighbours in the
    data set would not do, since one hand wrote both: of MNIST's too few are of the same digit.
    """
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    return torch.empty_like(order).scatter_(0, order, order.roll(-1))


def between_codes(run: Trained, codes: Tensor, data: Dataset, judge: Trained) -> dict[str, float]:
    """Midpoints of codes (N, d) and their :func:`partners`: N different pairs, each code in two of them.

    Names are ``<measure>_<way>``. The ways are ``line`` and ``arc``; for the Fréchet ratio also ``ends``, the
    codes themselves, and ``shrunk``, the same codes at the length that independent draws' midpoints have, in
    directions where codes are. ``norm``: the mean distance from the codes' mean; ``spread``: its standard
    deviation over codes, relative to it. ``outside``: the share of midpoints whose distance is not among the
    middle 95% of the codes'. ``gain``: the line's ratio less the arc's, with its 95% interval over pairs.
    """
    known, centre = reference(judge.network, data), codes.mean(0)
    ways = halfway(codes, codes[partners(len(codes)).to(codes.device)])
    places = {**ways, "ends": codes, "shrunk": centre + SHRUNK * (codes - centre)}
    features = {
        way: in_chunks(judge.network.features, in_chunks(run.network.decode, some))
        for way, some in places.items()
    }
    scores = {f"fcd_ratio_{way}": feature_ratio(found, known) for way, found in features.items()}
    norms = (codes - centre).norm(dim=1)
    scores |= {"norm": norms.mean().item(), "spread": (norms.std() / norms.mean()).item()}
    low, high = norms.quantile(torch.tensor(TYPICAL, device=norms.device))
    for way, some in ways.items():
        lengths = (some - centre).norm(dim=1)
        scores[f"norm_{way}"] = lengths.mean().item()
        scores[f"outside_{way}"] = ((lengths < low) | (lengths > high)).float().mean().item()
        measured = vars(overlap(known.features, features[way]))
        scores |= {f"{name}_{way}": value for name, value in measured.items()}
    gain = scores["fcd_ratio_line"] - scores["fcd_ratio_arc"]
    reach = 1.96 * gain_error(features["line"], features["arc"], known)
    return scores | {"gain": gain, "gain_low": gain - reach, "gain_high": gain + reach, "pairs": len(codes)}


def gain_error(first: Tensor, second: Tensor, known: Reference) -> float:
    """The standard error of the difference of two Fréchet ratios, of features (N, D) paired row by row.

    By the bootstrap over pairs (Efron 1979): the same rows are drawn again of both, and the test set stays.
    """
    generator = torch.Generator().manual_seed(0)
    gains = []
    for _ in range(RESAMPLES):
        drawn = torch.randint(len(first), (len(first),), generator=generator).to(first.device)
        gains.append(feature_ratio(first[drawn], known) - feature_ratio(second[drawn], known))
    return torch.tensor(gains).std().item()
