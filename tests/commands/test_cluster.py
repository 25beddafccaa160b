"""Work on a Dask cluster: workers that are killed on the way, the wrong ones, none."""

import gc
import io
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import derive
from derive.commands import cluster
from derive.commands.cluster import check_versions, settled_on
from derive.language.errors import LayerError
from derive.processes import Lost

distributed = pytest.importorskip("distributed")

Job = tuple[str, str]  # a folder for notes, and a name


def noted(job: Job) -> tuple[str, int]:
    """Note who begins the work and, when it is done, that it is."""
    folder, name = job
    with open(Path(folder, f"{name}.begun"), "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(0.05)
    return name, os.getpid()


def deadly(job: Job) -> str:
    """End the worker, at one of the jobs."""
    if job[1] == "c":
        os._exit(1)
    return job[1]


def failing(job: Job) -> str:
    raise ZeroDivisionError(job[1])


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """A client that found no cluster ends when it is collected, which must not be while another one begins."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def local() -> Iterator["distributed.LocalCluster"]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as running:
        yield running


def jobs(folder: Path, names: str) -> list[Job]:
    return [(os.fspath(folder), name) for name in names]


def test_results_come_in_the_order_of_the_jobs_from_the_workers(local, tmp_path: Path) -> None:
    results = settled_on(local.scheduler_address, noted, jobs(tmp_path, "abcdef"), "abcdef")
    assert [name for name, _ in results] == list("abcdef")
    assert {pid for _, pid in results} <= {worker.pid for worker in local.workers.values()}


def test_dask_does_not_speak_besides(local, tmp_path: Path) -> None:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger("distributed").addHandler(handler)
    try:
        settled_on(local.scheduler_address, noted, jobs(tmp_path, "a"), "a")
        logging.getLogger("distributed.client").error("no connection")
    finally:
        logging.getLogger("distributed").removeHandler(handler)
    assert heard.getvalue() == ""


def test_workers_are_killed_on_the_way_and_nothing_is_lost_or_given_twice(local, tmp_path: Path) -> None:
    names = [f"n{k}" for k in range(60)]

    def kill() -> None:
        """Kill a worker that has begun, twice."""
        for already in (5, 20):
            while len(list(tmp_path.glob("*.begun"))) < already:
                time.sleep(0.01)
            pid = int(max(tmp_path.glob("*.begun"), key=os.path.getmtime).read_text(encoding="utf-8").split()[-1])
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    results = settled_on(local.scheduler_address, noted, [(os.fspath(tmp_path), n) for n in names], names)
    killer.join()
    assert [name for name, _ in results] == names
    begun = [path.read_text(encoding="utf-8").split() for path in tmp_path.glob("*.begun")]
    assert len({pid for pids in begun for pid in pids}) > 2  # there were new workers, so some had been killed


def test_a_job_that_ends_every_worker_is_lost_alone(local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.scheduler, "allowed_failures", 0)  # whatever was on a worker that ended is called killed
    assert settled_on(local.scheduler_address, deadly, jobs(tmp_path, "abcdef"), "abcdef") == ["a", "b", Lost(), *"def"]


def test_a_worker_that_cannot_do_it_is_an_error(local, tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="a worker of the cluster failed: ZeroDivisionError"):
        settled_on(local.scheduler_address, failing, jobs(tmp_path, "ab"), "ab")


def test_another_version_is_refused(local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "__version__", "0.0.0")
    with pytest.raises(LayerError, match=r"has Derive \S+, this is 0.0.0"):
        settled_on(local.scheduler_address, noted, jobs(tmp_path, "ab"), "ab")
    monkeypatch.setattr(cluster, "_check_workers", lambda client: None)  # a worker that comes later
    with pytest.raises(LayerError, match="_OtherVersion"):
        settled_on(local.scheduler_address, noted, jobs(tmp_path, "ab"), "ab")


@pytest.mark.parametrize("version", [None, ModuleNotFoundError("derive")])
def test_a_worker_without_the_program_is_refused(version: object) -> None:
    check_versions({"tcp://1.2.3.4:5": derive.__version__})
    with pytest.raises(LayerError, match="tcp://1.2.3.4:6 has no Derive"):
        check_versions({"tcp://1.2.3.4:5": derive.__version__, "tcp://1.2.3.4:6": version})


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1:notaport"])
def test_no_cluster(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    with pytest.raises(LayerError, match="there is no cluster at"):
        settled_on(address, noted, [("", "a")], ["a"])


def test_a_cluster_without_workers(local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    with distributed.Client(local) as client:
        local.scale(0)
        while client.scheduler_info()["workers"]:
            time.sleep(0.05)
        try:
            with pytest.raises(LayerError, match="no workers"):
                settled_on(local.scheduler_address, noted, [("", "a")], ["a"])
        finally:
            local.scale(2)
            client.wait_for_workers(2)


def test_a_cluster_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1.0)
    monkeypatch.setattr(cluster, "_PROBE", 0.2)
    names = [f"n{k}" for k in range(100)]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", silence_logs=50
    ) as short:

        def close() -> None:
            while not list(tmp_path.glob("*.begun")):
                time.sleep(0.01)
            short.close()

        closer = threading.Thread(target=close, daemon=True)
        closer.start()
        with pytest.raises(LayerError, match="went away|no workers"):
            settled_on(short.scheduler_address, noted, [(os.fspath(tmp_path), n) for n in names], names)
        closer.join()
