"""The engine that somebody names."""

from __future__ import annotations

from scoring.base.errors import UsageError
from scoring.batch.engines.dask_engine import DaskEngine
from scoring.batch.engines.engine import Engine
from scoring.batch.engines.local_engine import LocalEngine


def chosen_engine(name: str = "local", scheduler: str = "", workers: int | None = None) -> Engine:
    """Return an engine by its name: ``local`` or ``dask``.

    Parameters
    ----------
    name : str
    scheduler : str
        Address of a Dask scheduler; processes of this computer without it.
    workers : int, optional
        How many processes there are on this computer; by default one per processor.

    Raises
    ------
    UsageError
        For a scheduler without Dask, or for another name.

    Examples
    --------
    >>> type(chosen_engine("dask", "tcp://10.0.0.5:8786")).__name__
    'DaskEngine'
    """
    if scheduler and name != "dask":
        raise UsageError("--scheduler needs --engine dask")
    if name == "dask":
        return DaskEngine(scheduler, workers)
    if name != "local":
        raise UsageError(f"--engine {name}: local or dask")
    return LocalEngine(workers)
