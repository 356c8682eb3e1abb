"""Figures that are made for a picture."""

import functools


def closes_its_figure_on_error(plot):
    """Decorate a `plot` method: if it fails, no figure that it has made stays open."""

    @functools.wraps(plot)
    def plot_or_close(self, *args, **options):
        import matplotlib.pyplot as plt

        before = plt.get_fignums()
        try:
            return plot(self, *args, **options)
        except BaseException:  # an interruption too
            for number in set(plt.get_fignums()) - set(before):
                plt.close(number)
            raise

    return plot_or_close
