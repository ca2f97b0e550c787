"""At the end of a page with figures: which code, data, trainings and machine they were made with."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.core import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from site_src.shortcodes import runs
from site_src.shortcodes.elements import append_text
from site_src.shortcodes.published import Published

Runs = dict[str, dict[str, Any]]

ANCHOR = "provenance"
NAMES = {
    "python": "Python",
    "torch": "PyTorch",
    "numpy": "NumPy",
    "matplotlib": "Matplotlib",
    "pillow": "Pillow",
}


class Provenance(Treeprocessor):
    """Appends what the figures of the page rest on; ``figures`` has their ids, in the order they stand in."""

    def __init__(self, md: Markdown, published: Published, figures: dict[str, int]) -> None:
        super().__init__(md)
        self.published = published
        self.figures = figures

    def run(self, root: Element) -> None:
        """Append to a page that has figures."""
        if not self.figures:
            return
        entries = [self.published.figures[name] for name in self.figures]
        box = SubElement(root, "details", {"class": "made", "id": ANCHOR})
        append_text(box, "summary", "What the figures on this page were made with")
        for versions, commits in _drawn(entry["made"] for entry in entries).items():
            append_text(box, "p", f"Drawn {'; '.join(commits)}, with {versions}.")
        names = {run for entry in entries for run in entry["runs"]}
        trained = {name: self.published.runs[name] for name in sorted(names)}
        for data in dict.fromkeys(_data(run["provenance"]) for run in trained.values()):
            append_text(box, "p", data)
        for machine, runs_there in _grouped(trained, _machine):
            append_text(box, "p", f"Trained {machine}:")
            lines = SubElement(box, "ul")
            for schedule, alike in _grouped(runs_there, _schedule):
                append_text(lines, "li", f"{schedule}: {'; '.join(map(_told, alike.items()))}")
        if trained:
            more = append_text(SubElement(box, "p"), "a", "All trainings", href=runs.PAGE)
            more.tail = AtomicString(" with their keys.")


def _grouped(found: Runs, by: Callable[[dict[str, Any]], str]) -> list[tuple[str, Runs]]:
    groups: dict[str, Runs] = {}
    for name, run in found.items():
        groups.setdefault(by(run), {})[name] = run
    return list(groups.items())


def _told(item: tuple[str, dict[str, Any]]) -> str:
    name, run = item
    seed, seconds = run["config"]["optimisation"]["seed"], run["provenance"]["seconds"]
    return f"{name} ({runs.settings(run['config']['model'])}; seed {seed}; {seconds:,.0f} s)"


def _schedule(run: dict[str, Any]) -> str:
    optimisation = run["config"]["optimisation"]
    return (
        f"{optimisation['images_seen']:,} images, batch {optimisation['batch_size']}, "
        f"rate {optimisation['learning_rate']:g}"
    )


def _drawn(made: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """By the versions that figures were drawn with, the commits."""
    found: dict[str, dict[str, None]] = {}
    for one in made:
        found.setdefault(_versions(one["versions"]), {})[_code(one["commit"])] = None
    return {versions: list(commits) for versions, commits in found.items()}


def _data(trained: dict[str, Any]) -> str:
    return f"Data: {trained['dataset']}, SHA-256 {trained['data']}."


def _machine(run: dict[str, Any]) -> str:
    trained = run["provenance"]
    return f"{_code(trained['commit'])}, on {runs.device(trained)}, with {_versions(trained)}"


def _code(commit: str | None) -> str:
    return f"at commit {commit}" if commit else "at a commit that was not recorded"


def _versions(found: dict[str, Any]) -> str:
    return ", ".join(f"{told} {found[name]}" for name, told in NAMES.items() if name in found)
