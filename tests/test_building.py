"""From runs to results to figures: made once, kept fresh, and never made twice."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from generate import data
from generate.build import check as checking
from generate.build import draw, freshness
from generate.build.build import build
from generate.build.catalogue import FIGURES, RESULTS
from generate.build.check import faults, replay_fault
from generate.build.freshness import read_manifest
from generate.experiments import AE_2D, CLASSIFIER, FULL, GAN_2D, RUNS, VAE_2D, Run
from generate.models.configs import VAEConfig
from generate.pipeline.files import StoreError, sha256
from generate.pipeline.history import commit
from generate.pipeline.keys import plain
from generate.pipeline.manifest import entry_file
from generate.pipeline.registry import UnknownName
from generate.pipeline.sources import Sources
from generate.pipeline.store import read_json, read_tensors, read_values, write_json, write_tensors
from generate.training import runs
from generate.training.finished import finished
from generate.training.loop import CHECKPOINT
from generate.training.runs import ensure
from generate.workspace import Workspace, open_workspace
from tests.harms import flip
from tests.miniature import republish

Told = pytest.CaptureFixture[str]


def published(workspace: Workspace) -> dict[str, bytes]:
    files = (path for path in workspace.docs.rglob("*") if path.is_file())
    return {path.relative_to(workspace.docs).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def no_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow part of a check."""
    monkeypatch.setattr(checking, "replay_fault", lambda *_: None)


@pytest.fixture
def untouchable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No data set may be loaded and no model trained."""

    def refuse(*_: object) -> None:
        raise AssertionError("the data set was loaded")

    monkeypatch.setattr(data, "load", refuse)


# --- What a build makes. ---


def test_a_build_makes_every_figure_in_both_themes_and_all_that_it_rests_on(built: Workspace) -> None:
    manifest = read_manifest(built)
    assert {kind: set(getattr(manifest, kind)) for kind in ("runs", "results", "figures")} == {
        "runs": set(RUNS),
        "results": set(RESULTS),
        "figures": set(FIGURES),
    }
    for node in FIGURES.values():
        entry = manifest.figures[node.id]
        assert set(entry["files"]) == {"light", "dark"}
        for file in (file for files in entry["files"].values() for file in files.values()):
            assert len((built.docs / file["path"]).read_bytes()) > 1_000
        assert entry["results"] == sorted(node.needs.values())
        assert (
            entry["caption"]
            == node.words({need: read_values(built.result(name)) for need, name in node.needs.items()})[
                "caption"
            ]
        )


def test_every_scalar_is_a_number_for_prose(built: Workspace) -> None:
    numbers = read_json(built.numbers)
    for name in RESULTS:
        scalars = read_values(built.result(name)).scalars()
        assert {f"{name}.{scalar}": value for scalar, value in scalars.items()}.items() <= numbers.items()
    for run in map(built.within_budget, RUNS.values()):
        assert numbers[f"{run.name}.images_seen"] == run.optimisation.images_seen
        model = run.model.learner(run.optimisation).model
        assert numbers[f"{run.name}.parameters"] == sum(p.numel() for p in model.parameters())
        assert numbers[f"{run.name}.learning_rate"] == run.optimisation.learning_rate
    assert all(math.isfinite(value) for value in numbers.values() if not isinstance(value, str))


def test_published_weights_are_together_under_6_mb() -> None:
    published = [run for run in RUNS.values() if run.published]
    workspace = open_workspace(device="cpu")
    assert sum(workspace.weights(run).stat().st_size for run in published) < 6e6
    assert len([*workspace.weights(AE_2D).parent.iterdir()]) == len(published)


def test_published_weights_are_those_of_the_run(built: Workspace) -> None:
    for run in (run for run in RUNS.values() if run.published):
        full, half = (
            read_tensors(path) for path in (built.folder(run) / "weights.safetensors", built.weights(run))
        )
        assert full.keys() == half.keys()
        for name, weight in full.items():
            assert half[name].dtype == (torch.float16 if weight.is_floating_point() else weight.dtype)
            torch.testing.assert_close(half[name].to(weight.dtype), weight, rtol=1e-3, atol=1e-4)


# --- What a second build leaves alone. ---


@pytest.mark.usefixtures("untouchable")
def test_a_fresh_clone_trains_nothing_needs_no_data_and_redraws_the_same_bytes(clone: Workspace) -> None:
    before = published(clone)
    summary = build(clone)
    assert summary.trained == summary.measured == ()
    assert set(summary.drawn) == set(FIGURES)
    assert summary.changed == 0
    assert published(clone) == before
    assert not clone.runs.exists()


@pytest.mark.usefixtures("untouchable")
def test_a_lost_figure_is_drawn_again_from_its_results(built: Workspace, clone: Workspace) -> None:
    for path in (clone.docs / "figures/gan").glob("loss_curves.*"):
        path.unlink()
    summary = build(clone, only="gan/loss_curves")
    assert summary.drawn == ("gan/loss_curves",)
    assert summary.changed == 2
    assert published(clone) == published(built)


def test_changing_one_models_configuration_trains_that_model_alone(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(VAE_2D), "model", VAEConfig(2, beta=4.0))
    summary = build(clone, only="vae/latent_morph")
    assert summary.trained == ("VAE_2D",)
    assert set(summary.measured) == {*FIGURES["vae/latent_morph"].needs.values()}
    assert read_manifest(clone).runs["VAE_2D"]["config"]["model"]["beta"] == 4


def test_a_changed_result_is_measured_of_the_published_weights_and_nothing_else_is(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch, edited: Callable[..., Sources], capsys: Told
) -> None:
    monkeypatch.setattr(
        freshness, "SOURCES", edited("results/autoencoder.py", "    return plane(", "    return 0 or plane(")
    )
    summary = build(clone)
    assert summary.trained == ()
    assert summary.measured == ("autoencoder/latent_plane",)
    assert not clone.runs.exists()
    assert f"1 result to measure and {len(FIGURES)} figures to draw" in capsys.readouterr().out


@pytest.mark.usefixtures("no_replay")
def test_a_run_that_is_trained_for_its_course_leaves_what_is_published(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch, edited: Callable[..., Sources], capsys: Told
) -> None:
    before = published(clone)
    sources = edited(
        "results/autoencoder.py", 'values[f"final_held_{suffix}"]', 'values[f"end_held_{suffix}"]'
    )
    monkeypatch.setattr(freshness, "SOURCES", sources)
    summary = build(clone, only="autoencoder/loss_curves")
    assert set(summary.trained) == {"AE_2D", "AE_16D"}
    assert summary.measured == ("autoencoder/loss_curves",)
    assert (
        "2 runs to train on 1,297 images; then 1 result to measure and 1 figure to draw"
        in capsys.readouterr().out
    )
    assert faults(clone) == {}
    after = published(clone)
    assert {name for name in after if "weights" in name} == {name for name in before if "weights" in name}
    assert all(after[name] == before[name] for name in before if "weights" in name)


@pytest.mark.usefixtures("no_replay")
def test_other_weights_make_stale_every_result_that_measured_them(clone: Workspace) -> None:
    write_tensors(
        clone.weights(AE_2D), {name: 1.01 * x for name, x in read_tensors(clone.weights(AE_2D)).items()}
    )
    manifest = read_manifest(clone)
    manifest.runs["AE_2D"]["weights"]["sha256"] = sha256(clone.weights(AE_2D))
    republish(manifest)
    found = faults(clone)
    assert found.keys() == {node.id for node in RESULTS.values() if AE_2D.name in node.needs.values()}
    assert set(found.values()) == {"a run it measures was trained again"}


@pytest.mark.parametrize(("answer", "begun"), [(True, True), (False, False)])
def test_a_long_training_is_begun_only_when_it_is_agreed_to(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch, answer: bool, begun: bool
) -> None:
    monkeypatch.setattr(runs, "_forecast", lambda *_: 601.0)
    asked: list[bool] = []
    if begun:
        assert ensure(clone, [AE_2D], agreed=lambda: asked.append(answer) or answer) == [AE_2D]
    else:
        with pytest.raises(runs.NotAgreed, match=r"--yes.*YES=1"):
            ensure(clone, [AE_2D], agreed=lambda: asked.append(answer) or answer)
        assert not clone.folder(AE_2D).exists()
    assert asked == [answer]


def test_fresh_trains_again(clone: Workspace, built: Workspace) -> None:
    assert ensure(clone, [AE_2D]) == [AE_2D]
    assert ensure(clone, [AE_2D]) == []
    weights = clone.folder(AE_2D) / "weights.safetensors"
    weights.write_bytes(b"junk")
    assert ensure(clone, [AE_2D], fresh=True) == [AE_2D]
    assert weights.read_bytes() == (built.folder(AE_2D) / "weights.safetensors").read_bytes()


def test_an_unknown_figure_builds_nothing(clone: Workspace) -> None:
    with pytest.raises(UnknownName, match="did you mean vae/latent_morph"):
        build(clone, only="vae/latent_mor")


@pytest.mark.parametrize(
    ("then", "now", "named"),
    [
        ("aaaa", "bbbb", "aaaa"),
        ("aaaa", "bbbb, with changes", "aaaa"),
        ("aaaa, with changes", "bbbb", "bbbb"),
        ("aaaa, with changes", None, "aaaa, with changes"),
        (None, "bbbb", "bbbb"),
    ],
)
def test_a_figure_that_comes_out_the_same_keeps_the_commit_that_drew_it(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch, then: str | None, now: str | None, named: str | None
) -> None:
    manifest = read_manifest(clone)
    for entry in manifest.figures.values():
        entry["made"]["commit"] = then
    republish(manifest)
    monkeypatch.setattr(draw, "commit", lambda: now)
    build(clone, only="site/mark")
    found = read_manifest(clone).figures
    assert found["site/mark"]["made"]["commit"] == named
    assert found["gan/samples"]["made"]["commit"] == then


# --- What a check finds. ---


def test_nothing_is_at_fault_after_a_build(built: Workspace) -> None:
    assert faults(built) == {}


def test_nothing_published_means_everything_is_at_fault(built: Workspace, tmp_path: Path) -> None:
    found = faults(replace(built, docs=tmp_path))
    assert set(found) == {*RUNS, *RESULTS, *(f"figure {name}" for name in FIGURES)}
    assert set(found.values()) == {"never trained", "never measured", "never drawn"}


@pytest.mark.usefixtures("no_replay")
@pytest.mark.parametrize("harm", [flip, Path.unlink], ids=["damaged", "missing"])
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("data/results/vae/latent_morph.npz", "vae/latent_morph"),
        ("data/weights/GAN_2D.safetensors", "GAN_2D"),
        ("figures/gan/loss_curves.dark.svg", "figure gan/loss_curves"),
    ],
)
def test_a_file_that_is_not_as_published_is_named(
    clone: Workspace, file: str, name: str, harm: Callable[[Path], None]
) -> None:
    harm(clone.docs / file)
    found = faults(clone)
    assert set(found) == {name}
    assert file in found[name]


@pytest.mark.usefixtures("no_replay")
def test_an_edited_number_is_noticed(clone: Workspace) -> None:
    write_json(clone.numbers, read_json(clone.numbers) | {"GAN_2D.steps": 7})
    assert set(faults(clone)) == {"numbers.json"}


@pytest.mark.parametrize(
    "harm", [lambda text: text[:-50], lambda text: f"<<<<<<< HEAD\n{text}", lambda _: "{}"]
)
def test_a_damaged_entry_of_the_manifest_is_named(clone: Workspace, harm: Callable[[str], str]) -> None:
    path = entry_file(clone.manifest, "results", "vae/traversals")
    path.write_text(harm(path.read_text()))
    with pytest.raises(StoreError, match=r"traversals\.json.*git checkout"):
        faults(clone)


def test_what_the_code_no_longer_knows_is_forgotten(
    clone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(FIGURES, "gan/samples")
    build(clone)
    assert "gan/samples" not in read_manifest(clone).figures
    assert not entry_file(clone.manifest, "figures", "gan/samples").exists()


@pytest.mark.usefixtures("no_replay")
def test_figures_that_two_people_added_are_merged_by_copying_their_files(
    built: Workspace, tmp_path: Path
) -> None:
    one, other, merged = (replace(built, docs=tmp_path / name) for name in ("one", "other", "merged"))
    for clone, name in ((one, "gan/samples"), (other, "gan/loss_curves")):
        shutil.copytree(built.docs, clone.docs)
        entry_file(clone.manifest, "figures", name).unlink()
    for clone in (one, other):
        shutil.copytree(clone.docs, merged.docs, dirs_exist_ok=True)
    assert faults(merged) == {}


@pytest.mark.usefixtures("no_replay")
def test_a_changed_configuration_makes_a_run_and_what_rests_on_it_stale(
    built: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(VAE_2D), "optimisation", replace(VAE_2D.optimisation, learning_rate=2e-3))
    found = faults(built)
    assert found.pop("VAE_2D") == "its configuration changed: learning_rate was 0.003 and is 0.002"
    assert set(found) == {node.id for node in RESULTS.values() if VAE_2D.name in node.needs.values()}


# --- Behaviour that no key sees. ---


def nan(*_: object) -> torch.Tensor:
    return torch.tensor(math.nan, requires_grad=True)


@pytest.mark.parametrize(
    ("run", "place", "changed"),
    [
        (
            AE_2D,
            "generate.models.autoencoder.reconstruction_nats",
            lambda x, y: (x - y).square().sum((1, 2, 3)).mean(),
        ),
        (AE_2D, "generate.models.autoencoder.reconstruction_nats", nan),
        (VAE_2D, "generate.models.vae.kl_divergence", lambda mean, log_variance: mean**2 + 0 * log_variance),
        (GAN_2D, "generate.models.gan.batch_deviation", lambda features: 0 * features[:, :1]),
        (CLASSIFIER, "generate.models.classifier.moved", lambda batch, _: batch.images),
        (AE_2D, "generate.training.trainer.rate", lambda *_: 1.0),
        (
            AE_2D,
            "generate.models.learner.adam",
            lambda m, o: torch.optim.SGD(m.parameters(), o.learning_rate),
        ),
    ],
    ids=["loss", "not a number", "kl", "discriminator", "augmentation", "schedule", "optimiser"],
)
def test_a_replay_notices_changed_behaviour(
    built: Workspace, monkeypatch: pytest.MonkeyPatch, run: Run, place: str, changed: Any
) -> None:
    monkeypatch.setattr(place, changed)
    fault = replay_fault(read_manifest(built), run, built)
    assert fault is not None
    assert "its first steps go differently" in fault


# --- Runs. ---


def test_a_runs_card_tells_how_it_was_made(built: Workspace) -> None:
    done = finished(built, GAN_2D)
    assert done is not None
    card = done.card
    assert card["config"] == plain(built.within_budget(GAN_2D))
    assert card["provenance"]["device"] == "CPU, 1 thread"
    assert card["provenance"]["torch"] == torch.__version__
    assert not (done.folder / CHECKPOINT).exists()
    assert card["provenance"]["data"] == data.checksum("digits")
    assert card["provenance"]["commit"] == commit()
    assert [images for images, _ in done.snapshots()] == card["record"]["held_out"]["images_seen"]


def test_the_machine_is_no_part_of_a_key_and_the_experiment_is(built: Workspace, tmp_path: Path) -> None:
    known = built.run_key(VAE_2D)
    assert replace(built, device="cuda", jobs=9, docs=tmp_path, runs=tmp_path).run_key(VAE_2D) == known
    assert replace(built, budget=FULL).run_key(VAE_2D) != known
    assert replace(built, dataset="mnist").run_key(VAE_2D) != known
    assert built.run_key(replace(VAE_2D, model=VAEConfig(2, beta=2.0))) != known
    assert built.run_key(replace(VAE_2D, optimisation=replace(VAE_2D.optimisation, seed=1))) != known
    assert built.run_key(replace(VAE_2D, name="OTHER")) == known
