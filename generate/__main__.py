"""The command line: ``python -m generate VERB``. Chooses what to do; never sets a hyperparameter."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from generate.pipeline.errors import UserError
from generate.pipeline.memory import shortage
from generate.pipeline.stopping import stoppable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 for success, 1 for a check that found something, 2 for an error said in words.

    130 or 143 if it was stopped, by Ctrl-C or a supervisor.
    """
    try:
        with stoppable():
            options = _parser().parse_args(arguments)
            # Imported late: help and mistyped verbs should wait for nothing.
            from generate import commands

            return int(getattr(commands, options.verb.replace("-", "_"))(options))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read along has heard enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        told = f"{error.filename}: {error.strerror}" if error.filename else error
        print(f"error: {told}. Nothing finished is lost; the same command goes on.", file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError, ImportError) as error:
        if not (short := shortage(error)):
            raise
        print(f"error: {short}. Nothing finished is lost; the same command goes on.", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print("\nStopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return int(getattr(stop, "code", 130))


class _Parser(argparse.ArgumentParser):
    """Answers what it does not understand in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message} (`{self.prog} --help` says more)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m generate",
        description="Train an autoencoder, a VAE and a GAN with one decoder, measure them, draw the figures.",
        epilog="The make targets of the same names set up the environment first. MNIST is read from DATA_DIR "
        "(default: data/ in the clone) or downloaded; `demo` needs no data at all.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    verbs.add_parser("list", help="list runs, results and figures, and which are out of date")

    figures = _with_means(verbs.add_parser("figures", help="train, measure and draw what is out of date"))
    figures.add_argument("--only", metavar="ID", help="one chapter (vae) or one figure (vae/latent_plane)")
    figures.add_argument("--fresh", action="store_true", help="train and measure again from nothing")
    _add_yes(figures)

    verbs.add_parser(
        "check", help="are the committed figures those of this code? exits 1 if not; trains nothing"
    )

    train = _with_means(
        verbs.add_parser("train", help="train runs by name (all that are missing by default)")
    )
    train.add_argument("runs", nargs="*", metavar="RUN", help="for example VAE_2D")
    train.add_argument("--fresh", action="store_true", help="train again from nothing")
    _add_yes(train)

    demo = verbs.add_parser("demo", help="the whole product in small, on built-in digits, into build/demo")
    _add_means(demo)

    verbs.add_parser("serve-demo", help="serve the site that `demo` has built, until Ctrl-C")

    sample = verbs.add_parser("sample", help="draw images from a trained model into a .npz file")
    sample.add_argument("run", metavar="MODEL", help="for example GAN_16D; an AE or VAE decodes N(0, I)")
    sample.add_argument("--count", type=_positive, default=100, metavar="N", help="how many (default 100)")
    sample.add_argument(
        "--seed", type=_seed, default=0, metavar="S", help="same seed, same images (default 0)"
    )
    sample.add_argument("--out", type=_npz, required=True, metavar="FILE.npz", help="key images: (N, 28, 28)")

    encode = verbs.add_parser("encode", help="write the codes of the test set into a .npz file")
    encode.add_argument("run", metavar="RUN", help="an AE or VAE, for example VAE_2D")
    encode.add_argument("--out", type=_npz, required=True, metavar="FILE.npz", help="keys codes and labels")
    return parser


def _with_means(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--dataset", metavar="NAME", help="mnist (default) or digits, which builds into build/demo"
    )
    return _add_means(parser)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="begin a long training without being asked")


def _add_means(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="runs trained at once (default: one a core)"
    )
    parser.add_argument(
        "--device", metavar="NAME", help="cpu, cuda, or auto (default: cuda where there is one)"
    )
    parser.add_argument(
        "--scheduler",
        type=_address,
        metavar="ADDRESS",
        help="train on a Dask cluster, for example tcp://host:8786",
    )
    return parser


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def _address(text: str) -> str:
    if not re.fullmatch(r"\w+://\S+|[^\s:/]+:\d+", text):
        raise argparse.ArgumentTypeError(f"must be an address such as tcp://host:8786, not {text!r}")
    return text


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _seed(text: str) -> int:
    number = _whole(text)
    if not 0 <= number < 2**63:
        raise argparse.ArgumentTypeError(f"must be from 0 to 2^63 - 1, not {number}")
    return number


def _npz(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".npz":
        raise argparse.ArgumentTypeError(f"must end in .npz, not {path.name!r}")
    return path


if __name__ == "__main__":
    sys.exit(main())
