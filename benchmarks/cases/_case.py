"""What a case consists of."""

import dataclasses
import importlib.util
from collections.abc import Callable

from benchmarks.cases._data import DATA


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One that takes part in a case.

    Parameters
    ----------
    measure : callable
        ``measure(seed, quick)`` returns figures, ``{name: number}``, those that it cannot measure
        as None; with `quick`, of a tiny task. It runs in a process of its own and imports what it
        needs itself.
    needs : tuple of str
        Modules that skhcr does not depend on.
    data : str or None
        A file below the folder of the data, where no fetcher would load it.
    once : bool
        Whether the first round is enough, as it takes minutes.
    """

    measure: Callable
    needs: tuple = ()
    data: str | None = None
    once: bool = False

    def lacks(self):
        """Return what is missing on this machine, as a reason to be left out, or None."""
        modules = [name for name in self.needs if importlib.util.find_spec(name) is None]
        if modules:
            return f"no {', '.join(modules)}: pip install -r benchmarks/requirements.txt"
        if self.data is not None and not (DATA / self.data).exists():
            return f"no {self.data} in the folder that SKHCR_DATA names"
        return None


@dataclasses.dataclass(frozen=True)
class Target:
    """A number that is made of the figures of one round.

    Parameters
    ----------
    name : str
        What it is.
    of : callable
        From the figures of a round, ``{contestant: {figure: number}}``, to the number.
    at_least, at_most : float or None
        What its median should be. Neither for a number that is only shown.
    """

    name: str
    of: Callable
    at_least: float | None = None
    at_most: float | None = None


@dataclasses.dataclass(frozen=True)
class Case:
    """Contestants that do the same task.

    Parameters
    ----------
    what : str
        What is measured: a sentence without its full stop.
    contestants : dict of str to Contestant
        They run in this order.
    targets : list of Target
        What is made of their figures.
    """

    what: str
    contestants: dict
    targets: list
