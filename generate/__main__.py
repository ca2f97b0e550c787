"""The command line: ``python -m generate VERB``. Chooses what to do; never sets a hyperparameter."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

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
            room = import_module(f"generate.{options.room}")
            return int(getattr(room, options.verb.replace("-", "_"))(options))
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
    parser.set_defaults(room="commands")
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

    _add_uses(verbs)
    return parser


def _add_uses(verbs: Any) -> None:
    """The verbs that use trained models."""
    sample = verbs.add_parser("sample", help="draw images from a trained model")
    sample.add_argument(
        "run", type=_run, metavar="MODEL", help="for example GAN_16D; an AE or VAE decodes N(0, I)"
    )
    sample.add_argument("--count", type=_at_least(1), default=100, metavar="N", help="how many (default 100)")
    _add_seed(sample, "same seed, same first images (default 0)")
    sample.add_argument("--label", type=_digit, metavar="D", help="the digit that a conditional model makes")
    sample.add_argument(
        "--prior",
        default="own",
        metavar="NAME",
        help="own (default), or mixture64: 64 Gaussians fitted to an AE's or VAE's codes of MNIST",
    )
    _add_out(sample, "arrays (key images), one picture, or a folder of PNG", ".npz", ".png", "")

    encode = verbs.add_parser("encode", help="write the codes of images, or of the test set")
    encode.add_argument(
        "run", type=_run, metavar="RUN", help="for example VAE_2D; a GAN's codes are searched for"
    )
    encode.add_argument(
        "--images",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="PNG, JPEG, .npz or .npy, of any size; without it, the test set",
    )
    _add_ink(encode)
    encode.add_argument(
        "--rebuild", type=_ending(".png"), metavar="FILE.png", help="the images over what is rebuilt of them"
    )
    encode.add_argument("--out", type=_ending(".npz"), metavar="FILE.npz", help="codes, labels or names")

    interpolate = verbs.add_parser("interpolate", help="walk from one image to another through a model")
    interpolate.add_argument("run", type=_run, metavar="RUN", help="for example VAE_16D")
    interpolate.add_argument(
        "--from", dest="start", type=Path, required=True, metavar="FILE", help="an image"
    )
    interpolate.add_argument("--to", dest="end", type=Path, required=True, metavar="FILE", help="another")
    _add_ink(interpolate)
    _add_steps(interpolate, 24)
    _add_out(interpolate, "an animation there and back, one picture, or a folder of PNG", ".gif", ".png", "")

    traverse = verbs.add_parser("traverse", help="draw what each dimension of a latent does alone")
    traverse.add_argument("run", type=_run, metavar="RUN", help="for example VAE_16D")
    traverse.add_argument("--image", type=Path, metavar="FILE", help="start from its code (default: a draw)")
    _add_ink(traverse)
    _add_seed(traverse, "of the draw to start from (default 0)")
    _add_steps(traverse, 9)
    _add_out(traverse, "a row for each dimension, from -2 to 2", ".png")

    compare = verbs.add_parser("compare", help="draw images of yours through all three 16-D models")
    compare.add_argument("images", nargs="+", type=Path, metavar="FILE", help="PNG, JPEG, .npz or .npy")
    _add_ink(compare)
    _add_out(compare, "a figure in the site's style", ".png")

    export = verbs.add_parser("export", help="write a model as ONNX and as a plain state dict, with its card")
    export.add_argument("run", type=_run, metavar="RUN", help="for example VAE_16D")
    _add_out(export, "a folder", "")

    for parser in (sample, encode, interpolate, traverse, compare, export):
        parser.set_defaults(room="using")


def _with_means(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--dataset", metavar="NAME", help="mnist (default) or digits, which builds into build/demo"
    )
    return _add_means(parser)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="begin a long training without being asked")


def _add_means(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument(
        "--jobs", type=_at_least(1), metavar="N", help="runs trained at once (default: one a core)"
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


def _at_least(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from ``least`` on."""

    def read(text: str) -> int:
        number = _whole(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, not {number}")
        return number

    return read


def _seed(text: str) -> int:
    number = _whole(text)
    if not 0 <= number < 2**63:
        raise argparse.ArgumentTypeError(f"must be from 0 to 2^63 - 1, not {number}")
    return number


def _run(text: str) -> Any:
    """A run by name; an unknown one is told before what uses it is imported, which takes seconds."""
    from generate.experiments import RUNS
    from generate.pipeline.registry import find

    return find(RUNS, text, "run")


def _digit(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"must be a digit, not {number}")
    return number


def _add_seed(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--seed", type=_seed, default=0, metavar="S", help=words)


def _add_steps(parser: argparse.ArgumentParser, usual: int) -> None:
    words = f"images in a row (default {usual})"
    parser.add_argument("--steps", type=_at_least(2), default=usual, metavar="N", help=words)


def _add_ink(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ink",
        choices=("auto", "bright", "dark"),
        default="auto",
        help="what is drawn with, on the other (default: told by the images' edges)",
    )


def _add_out(parser: argparse.ArgumentParser, words: str, *endings: str) -> None:
    shown = "|".join(f"FILE{ending}" if ending else "FOLDER" for ending in endings)
    parser.add_argument("--out", type=_ending(*endings), required=True, metavar=shown, help=words)


def _ending(*endings: str) -> Callable[[str], Path]:
    """A reader of paths that end so; the empty ending is a folder's."""

    def place(text: str) -> Path:
        path = Path(text)
        if path.suffix not in endings and not (text.endswith(os.sep) and "" in endings):
            files = " or ".join(ending for ending in endings if ending)
            wanted = [f"end in {files}"] * bool(files) + ["be a folder"] * ("" in endings)
            raise argparse.ArgumentTypeError(f"must {', or '.join(wanted)}, not {path.name!r}")
        return path

    return place


if __name__ == "__main__":
    sys.exit(main())
