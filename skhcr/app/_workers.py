"""Where the work is done, beside the loop that answers requests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import HTTPException

_MAX_WAITING = 200


class Worker:
    """One thread that does what it is given, in order.

    One, as each network uses all cores already: two at a time would take as long, and answer
    the first one later.
    """

    def __init__(self, name):
        self._thread = ThreadPoolExecutor(1, name)
        self._n_waiting = 0
        self._is_stopped = False

    async def run(self, function, *args):
        """Return what a function returns.

        Raises
        ------
        HTTPException
            503 if too much is waiting already, or the server is about to end.
        """
        if self._n_waiting >= _MAX_WAITING:
            raise HTTPException(503, "Too many are asking at once; try again in a few seconds.")
        self._n_waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, function, *args)
        except (asyncio.CancelledError, RuntimeError):
            if self._is_stopped:
                raise HTTPException(503, "The server is about to end.") from None
            raise
        finally:
            self._n_waiting -= 1

    def stop(self):
        """Drop what is waiting, and take nothing more."""
        self._is_stopped = True
        self._thread.shutdown(wait=False, cancel_futures=True)
