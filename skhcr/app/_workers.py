"""Where the work is done, beside the loop that answers requests."""

import asyncio
import contextlib
import threading
from concurrent.futures import Future, InvalidStateError
from queue import SimpleQueue

from fastapi import HTTPException

_MAX_WAITING = 200


class Worker:
    """One thread that does what it is given, in order.

    One, as each network uses all cores already: two at a time would take as long, and answer
    the first one later. A daemon, unlike those of an executor: a server that ends does not wait
    for the page that is being read.
    """

    def __init__(self, name):
        self._queue = SimpleQueue()
        self._waiting = {}  # futures that somebody waits for, and what is to be done for them
        self._is_stopped = False
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, function, *args):
        """Return what a function returns.

        Raises
        ------
        HTTPException
            503 if too much is waiting already, or the server is about to end.
        """
        if self._is_stopped:
            raise _ending()
        if len(self._waiting) >= _MAX_WAITING:
            raise HTTPException(503, "Too many are asking at once; try again in a few seconds.")
        future = Future()
        self._waiting[future] = function, args
        try:
            self._queue.put(future)
            return await asyncio.wrap_future(future)
        finally:
            del self._waiting[future]  # and with it the picture, if it is given up

    def stop(self):
        """Answer all that wait that the server ends, and take nothing more."""
        self._is_stopped = True
        for future in self._waiting:
            with contextlib.suppress(InvalidStateError):  # it has been answered
                future.set_exception(_ending())

    def _work(self):
        while True:
            future = self._queue.get()
            function, args = self._waiting.get(future, (None, None))
            if function is None or future.done():  # whoever asked has gone
                continue
            with contextlib.suppress(InvalidStateError):
                try:
                    result = function(*args)
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)
            del future, function, args  # which hold pictures, while nothing is asked


def _ending():
    return HTTPException(503, "The server is about to end.")
