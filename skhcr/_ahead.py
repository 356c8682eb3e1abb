"""Work that is done in a thread while the caller works on what came before."""

from concurrent.futures import ThreadPoolExecutor


def one_ahead(function, arguments):
    """Yield what a function returns for each argument, the next one being made in a thread.

    An error of the function is raised where its result would have come. Whoever leaves the loop
    early waits until the result that is being made is ready; no thread remains.

    Parameters
    ----------
    function : callable
        Of one argument.
    arguments : iterable
        It is gone through in the thread of the caller.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="one_ahead") as thread:
        ahead = None
        for argument in arguments:
            ready, ahead = ahead, thread.submit(function, argument)
            if ready is not None:
                yield ready.result()
        if ahead is not None:
            yield ahead.result()
