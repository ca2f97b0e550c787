"""What each verb of the command line does."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import torch

from generate.building import Summary, build
from generate.evaluation.chunks import in_chunks
from generate.experiments import RUNS, Run
from generate.freshness import faults, figure_fault, read_manifest, result_fault, run_fault
from generate.pipeline.registry import FIGURES, RESULTS, find
from generate.pipeline.store import StoreError, write_bytes, write_values
from generate.pipeline.values import Values
from generate.running import ensure, load_model, trained
from generate.workspace import ROOT, Workspace, open_workspace


class CommandError(Exception):
    """The command cannot do what was asked; the message says why and what can be done."""


def list(_: Namespace) -> int:  # noqa: A001 (the verb's name)
    """Print every run, result and figure with its state."""
    workspace = open_workspace()
    manifest = read_manifest(workspace)
    rows = [("run", name, run_fault(workspace, manifest, run)) for name, run in RUNS.items()]
    rows += [("result", name, result_fault(workspace, manifest, node)) for name, node in RESULTS.items()]
    rows += [("figure", name, figure_fault(workspace, manifest, node)) for name, node in FIGURES.items()]
    for kind, name, fault in rows:
        print(f"{kind:<7} {name:<28} {fault or 'up to date'}")
    return 0


def figures(options: Namespace) -> int:
    """Bring figures up to date."""
    workspace = _workspace(options)
    summary = build(workspace, options.only, options.fresh)
    print(_told(summary, workspace))
    return 0


def check(_: Namespace) -> int:
    """Compare what is committed with what this code would make."""
    found = faults(open_workspace())
    for name, fault in found.items():
        print(f"stale: {name}: {fault}")
    if found:
        print(f"{len(found)} stale; `make figures` brings them up to date")
        return 1
    print(f"{len(RUNS)} runs, {len(RESULTS)} results and {len(FIGURES)} figures are those of this code")
    return 0


def train(options: Namespace) -> int:
    """Train runs and nothing else."""
    runs = [find(RUNS, name, "run") for name in options.runs] or [*RUNS.values()]
    workspace = _workspace(options)
    newly = ensure(workspace, runs, options.fresh)
    print(f"trained {len(newly)} of {len(runs)} runs; they are in {_short(workspace.runs)}")
    return 0


def demo(options: Namespace) -> int:
    """Train everything in small on the built-in digits and build a whole site from it."""
    workspace = open_workspace(
        device=options.device, jobs=options.jobs, demo=True, scheduler=options.scheduler
    )
    summary = build(workspace)
    print(_told(summary, workspace))
    home = build_site(workspace.docs.parent)
    print(f"The demo site is built. Open it in a browser: {home}")
    return 0


def sample(options: Namespace) -> int:
    """Draw samples; conditional models also write the labels they were asked for."""
    run, model, device = _published_model(options.run)
    if not hasattr(model, "decode"):
        raise CommandError(f"{run.name} draws no images; a model that does: {', '.join(_able('decode'))}")
    generator = torch.Generator().manual_seed(options.seed)
    latents = torch.randn(options.count, model.latent, generator=generator).to(device)
    arrays: dict[str, Any] = {}
    if classes := getattr(model, "classes", 0):
        labels = torch.arange(options.count, device=device) % classes
        images = in_chunks(lambda i: model.decode(latents[i], labels[i]), torch.arange(options.count))
        arrays["labels"] = labels.cpu().numpy()
    else:
        images = in_chunks(model.decode, latents)
    arrays["images"] = images.squeeze(1).cpu().numpy()
    write_values(options.out, Values(arrays))
    print(f"{options.count} images by {run.name} in {options.out}")
    return 0


def encode(options: Namespace) -> int:
    """Write the test set's codes (a VAE's are posterior means) and labels."""
    run, model, device = _published_model(options.run)
    if not hasattr(model, "encode"):
        raise CommandError(f"{run.name} has no encoder; a model that has: {', '.join(_able('encode'))}")
    test = open_workspace().dataset_images.test
    codes = in_chunks(lambda i: model.encode(test.inputs(i).to(device)), torch.arange(len(test)))
    arrays = {"codes": codes.cpu().numpy(), "labels": test.labels.numpy()}
    write_values(options.out, Values(arrays))
    print(f"{len(test)} codes by {run.name} in {options.out}")
    return 0


def build_site(folder: Path) -> Path:
    """Build the site of a workspace other than the published one from the same pages; its home page."""
    for page in (ROOT / "docs").rglob("*.md"):
        write_bytes(folder / "docs" / page.relative_to(ROOT / "docs"), page.read_bytes())
    config = folder / "mkdocs.yml"
    write_bytes(config, _site_config(folder).encode())
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-f", str(config)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"the site could not be built:\n{done.stdout}{done.stderr}")
    return folder / "site" / "index.html"


def _site_config(folder: Path) -> str:
    """A configuration that inherits the published site's; JSON is YAML, and quotes any path safely."""
    from json import dumps

    # Without directory URLs every link names a file, so the site works straight from disk.
    return dumps(
        {
            "INHERIT": os.path.relpath(ROOT / "mkdocs.yml", folder),
            "docs_dir": "docs",
            "site_dir": "site",
            "use_directory_urls": False,
            "theme": {"custom_dir": str(ROOT / "site_src" / "theme")},
            "markdown_extensions": {"site_src.shortcodes": {"docs": str(folder / "docs")}},
            "extra": {"demo": True},
        },
        indent=1,
    )


def _workspace(options: Namespace) -> Workspace:
    return open_workspace(options.dataset, options.device, options.jobs, scheduler=options.scheduler)


def _told(summary: Summary, workspace: Workspace) -> str:
    """One sentence on what a build did."""
    trained_now = f"trained {', '.join(summary.trained)}" if summary.trained else "nothing to train"
    measured = f"measured {len(summary.measured)} results" if summary.measured else "nothing to measure"
    drawn = f"drew {len(summary.drawn)} figures in two themes ({summary.changed} files changed)"
    return f"{trained_now}; {measured}; {drawn} into {_short(workspace.docs)} in {summary.seconds:.0f} s"


def _published_model(name: str) -> tuple[Run, Any, str]:
    """A run's model: the one trained here, else the published weights."""
    run = find(RUNS, name, "run")
    workspace = open_workspace()
    if done := trained(workspace, run):
        return run, done.model(), workspace.device
    fault = run_fault(workspace, read_manifest(workspace), run)
    if fault:
        raise StoreError(f"no weights for {name}: {fault}. Train it with `make figures`.")
    return run, load_model(run, workspace.weights(run), workspace.device), workspace.device


def _able(method: str) -> Any:
    return [name for name, run in RUNS.items() if hasattr(run.model.learner(run.optimisation).model, method)]


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


__all__ = ["CommandError", "check", "demo", "encode", "figures", "list", "sample", "train"]
