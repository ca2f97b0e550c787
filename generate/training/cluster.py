"""Runs on a Dask cluster, an optional extra: each is trained by one worker, on its own copy of the data.

Nothing is shared but the code: the order goes there as plain values, the finished folder comes back as bytes.
"""

from __future__ import annotations

import logging
import pickle
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generate.data import DataError
from generate.experiments import Run
from generate.pipeline.errors import UserError
from generate.pipeline.files import StoreError, write_bytes
from generate.training.job import CARD, train_run
from generate.training.loop import Diverged
from generate.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from distributed import Client, Future, Worker

ANSWER_SECONDS = 10
SILENCE_SECONDS = 30


class ClusterError(UserError):
    """The cluster is not there or cannot train a run; the message says what to do."""


@dataclass(frozen=True)
class Order:
    """A run to train and the key it must have. ``attempt`` keeps fresh trainings from old checkpoints."""

    name: str
    key: str
    run: bytes  # with its budget, pickled, so that a worker that cannot read it says so in words
    dataset: str
    attempt: str


@dataclass(frozen=True)
class Delivery:
    """A finished run: where it was trained, in how many seconds, and its files, the card last."""

    host: str
    seconds: float
    files: dict[str, bytes]


# --- Here. ---


@contextmanager
def connected(address: str | None) -> Iterator[Client | None]:
    """A client of the Dask scheduler at ``address``, closed in the end; None if there is no address.

    Raises:
        ClusterError: Dask is not installed, nobody answers, or there is no worker.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"training on {address} needs Dask, which is not installed: uv pip install -e '.[cluster]'"
        ) from error
    try:
        client = Client(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address}. Start one with `dask scheduler`, "
            "or leave SCHEDULER out to train on this machine."
        ) from error
    # A lost connection is said in words; Dask's log would say it in tracebacks first.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    with client:
        _await_worker(client)
        yield client


def train_on(client: Client, workspace: Workspace, runs: Iterable[Run], fresh: bool) -> None:
    """Train runs on the client's cluster and put their folders where training here would have put them.

    Raises:
        Diverged, DataError, StoreError, ClusterError: what a worker says. The runs that came before are kept,
            the others are stopped.
    """
    orders = [_order(workspace, run, client.id if fresh else "") for run in runs]
    errand = _errand()
    waiting = {
        client.submit(errand, vars(order), key=f"{order.name}-{order.key}-{client.id}", pure=False): order
        for order in orders
    }
    for count, future in enumerate(_as_finished(client, [*waiting]), start=1):
        order = waiting.pop(future)
        delivery = _delivery(future, order)
        _put(workspace.runs / f"{order.name}-{order.key}", delivery.files)
        told = f"{order.name:<10} {delivery.host}, {delivery.seconds:.0f} s"
        print(f"{told} ({count} of {len(orders)})", flush=True)


def _order(workspace: Workspace, run: Run, attempt: str) -> Order:
    key = workspace.run_key(run)
    return Order(run.name, key, pickle.dumps((run, workspace.budget)), workspace.dataset, attempt)


def _errand() -> Callable[[dict[str, Any]], Delivery]:
    """What a worker is asked to do. Pickled whole: a function that it cannot import would end the worker."""

    def errand(order: dict[str, Any]) -> Delivery:
        from generate.training.cluster import Order, fulfil

        return fulfil(Order(**order))

    return errand


def _as_finished(client: Client, futures: list[Future[Delivery]]) -> Iterator[Future[Delivery]]:
    from distributed import CancelledError, wait

    while futures:
        try:
            done, waiting = wait(futures, timeout=SILENCE_SECONDS, return_when="FIRST_COMPLETED")
        except TimeoutError:
            _await_worker(client)
            continue
        except CancelledError as error:
            raise ClusterError(
                "the scheduler went away or dropped the runs. What came back before is kept; "
                "the same command goes on with the rest."
            ) from error
        yield from sorted(done, key=lambda future: future.status == "error")  # what is good is kept first
        futures = [*waiting]


def _await_worker(client: Any) -> None:
    address = client.scheduler.address
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except (TimeoutError, OSError) as error:
        raise ClusterError(
            f"the scheduler at {address} has no worker. Start some, in a clone of this repository on each "
            f"machine: dask worker {address} --nworkers -1 --nthreads 1"
        ) from error


def _delivery(future: Future[Delivery], order: Order) -> Delivery:
    error = future.exception()
    if isinstance(error, Diverged | DataError | StoreError | ClusterError):
        raise error
    if error is not None:  # the worker died, or has another Python, or met a mistake of ours
        raise ClusterError(
            f"{order.name} failed on the cluster. {type(error).__name__}: {error}\n"
            "The workers' logs say more. Were they started in clones of this commit?"
        ) from error
    return future.result()


def _put(folder: Path, files: dict[str, bytes]) -> None:
    (folder / CARD).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)  # perhaps half a training of our own
    for name, content in files.items():
        write_bytes(folder / name, content)


# --- On a worker. ---


def fulfil(order: Order) -> Delivery:
    """Train an order on the worker that this runs on, with the threads and the device it has."""
    from distributed import get_worker

    worker, host = get_worker(), platform.node()
    if worker.state.nthreads > 1:
        raise ClusterError(
            f"a worker on {host} has {worker.state.nthreads} threads and would train as many runs in one "
            "process. Start it with --nthreads 1, and --nworkers for more at once."
        )
    # Beside the folders of the workers, not in one: a worker that dies takes its own with it.
    scratch = Path(worker.local_directory).parent / "runs" / order.attempt
    workspace, run = _read(order, replace(open_workspace(order.dataset), runs=scratch), host)
    try:
        card = train_run(workspace, run, _stop_if_unwanted(worker, order))
    except (Diverged, DataError, StoreError) as error:
        raise type(error)(f"{error} (said by a worker on {host})") from None
    folder = workspace.folder(run)
    files = {name: (folder / name).read_bytes() for name in [*card["files"], CARD]}
    shutil.rmtree(folder, ignore_errors=True)
    return Delivery(host, card["provenance"]["seconds"], files)


def _read(order: Order, workspace: Workspace, host: str) -> tuple[Workspace, Run]:
    try:
        run, budget = pickle.loads(order.run)
        workspace = replace(workspace, budget=budget)
        found = workspace.run_key(run)
    except (ImportError, AttributeError, TypeError) as error:
        found = f"none, {error}"
    if found != order.key:
        raise ClusterError(
            f"the clone on {host} has another version of the code: {order.name} is {order.key} here and "
            f"{found} there. Bring both to the same commit and start its workers again."
        )
    return workspace, run


def _stop_if_unwanted(worker: Worker, order: Order) -> Callable[[int, str], None]:
    """A progress callback that ends a training whose client has gone; Dask cannot stop a thread."""
    task = worker.get_current_task()

    def check(_: int, __: str) -> None:
        known = worker.state.tasks.get(task)
        if known is None or known.state == "cancelled":
            raise ClusterError(f"{order.name} is no longer wanted; its last checkpoint stays")

    return check
