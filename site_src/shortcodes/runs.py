"""The table of all trainings: what defines each, and what it was trained with."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from site_src.shortcodes.elements import RIGHT, append_text

PAGE = "/about/runs.md"
COLUMNS = ("Run", "Parameters", "Images seen", "Peak rate", "Seed", "Minutes")


def append_runs(parent: Element, runs: dict[str, Any]) -> None:
    """Append the table; each row has the run's name as its anchor, for figures to link to."""
    table = SubElement(parent, "table", {"aria-label": "Runs"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for column in COLUMNS:
        append_text(head, "th", column, scope="col", **({} if column == COLUMNS[0] else RIGHT))
    body = SubElement(table, "tbody")
    for name, run in runs.items():
        _append_row(SubElement(body, "tr", {"id": name}), name, run)


def _append_row(line: Element, name: str, run: dict[str, Any]) -> None:
    optimisation, trained = run["config"]["optimisation"], run["provenance"]
    head = SubElement(line, "th", {"scope": "row"})
    append_text(head, "code", name)
    append_text(head, "small", f"{settings(run['config']['model'])}, batch {optimisation['batch_size']}")
    made = (
        f"{trained['dataset']}; {device(trained)}; PyTorch {trained['torch']}, NumPy {trained['numpy']}, "
        f"Python {trained['python']}; commit {trained['commit'] or 'not recorded'}"
    )
    append_text(head, "small", f"key {run['key']}; {made}; {trained['finished']}")
    numbers = (
        f"{sum(run['parameters'].values()):,}",
        f"{optimisation['images_seen']:,}",
        f"{optimisation['learning_rate']:g}",
        f"{optimisation['seed']}",
        f"{trained['seconds'] / 60:.1f}",
    )
    for number in numbers:
        append_text(line, "td", number, **RIGHT)


def device(trained: dict[str, Any]) -> str:
    """What a run was trained on, and in which format it computed, if that is known."""
    return ", ".join(filter(None, (trained["device"], trained.get("precision"))))


def settings(model: dict[str, Any]) -> str:
    """A model's settings in words; what is switched off is left out."""
    words = [model["type"].removesuffix("Config")]
    for key, value in model.items():
        if key != "type" and value:
            told = " and ".join(value) if isinstance(value, list) else f"{value:g}"
            words.append(key.replace("_", " ") + ("" if value is True else f" {told}"))
    return ", ".join(words)
