"""RecognitionReport: the tables of recognition_report, as text and as HTML."""

import html

# The text has to fit a terminal of 80 columns.
SHORT_NAMES = {"case-insensitive accuracy": "any case", "top-2 accuracy": "top-2"}

# Colours are those of the page, so that a dark theme is no different from a light one.
STYLE = """\
.skhcr-report { color: inherit; font-variant-numeric: tabular-nums; }
.skhcr-report table { border-collapse: collapse; margin: 0; color: inherit; }
.skhcr-report th, .skhcr-report td { padding: 0.15em 0.6em; text-align: right; border: 0; }
.skhcr-report thead th { border-bottom: 1px solid currentColor; vertical-align: bottom; }
.skhcr-report tbody th { text-align: left; white-space: nowrap; }
.skhcr-report table.skhcr-summary tbody tr:last-child > * { border-top: 1px solid currentColor; }
.skhcr-report caption { padding: 0.15em 0.6em; text-align: left; font-weight: bold; \
color: inherit; caption-side: top; }
.skhcr-report .skhcr-classes { display: flex; flex-wrap: wrap; align-items: flex-start; \
gap: 1em 2em; margin-top: 1em; }
.skhcr-report .skhcr-classes tbody th { font-family: monospace; text-align: center; }"""


class RecognitionReport(str):
    """The text of a report, which shows itself as HTML in a notebook.

    Parameters
    ----------
    text : str
        The text.
    fragment : str
        The HTML.
    """

    def __new__(cls, text, fragment):
        report = super().__new__(cls, text)
        report._fragment = fragment
        return report

    @classmethod
    def of(cls, report, groups, digits):
        """Return the report of a dict of `recognition_report`.

        Parameters
        ----------
        report : dict
            "classes" and "summary".
        groups : dict of list
            The keys of the classes in each group, in order.
        digits : int
            The number of decimals.
        """
        return cls(_as_text(report, groups, digits), _as_html(report, groups, digits))

    def __getnewargs__(self):
        return str(self), self._fragment

    def __repr__(self):
        # A prompt shows the tables rather than their line breaks as "\n".
        return str(self)

    def to_html(self):
        """Return the report as HTML: one ``<div>``, with its style and nothing from outside.

        Returns
        -------
        str
        """
        return self._fragment

    def _repr_html_(self):
        return self.to_html()


def _as_text(report, groups, digits):
    classes, summary = report["classes"], report["summary"]
    columns = list(summary["all"])
    widths = [max(len(SHORT_NAMES.get(name, name)), digits + 2) + 2 for name in columns]
    first = max(
        [*map(len, summary), *map(len, groups), *(2 + len(_visible(key)) for key in classes)]
    )

    def line(name, cells):
        padded = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False))
        return f"{name:<{first}}" + "".join(padded)

    n_columns = len(next(iter(classes.values())))
    lines = [line("", columns[:n_columns])]
    for group, keys in groups.items():
        lines += ["", group]
        for key in keys:
            lines.append(line(f"  {_visible(key)}", _cells(classes[key], digits)))
    lines += ["", line("", [SHORT_NAMES.get(name, name) for name in columns])]
    lines += [line(name, _cells(row, digits)) for name, row in summary.items()]
    return "\n".join(lines)


def _as_html(report, groups, digits):
    classes, summary = report["classes"], report["summary"]
    tables = [
        _table({key: classes[key] for key in keys}, digits, group) for group, keys in groups.items()
    ]
    return "\n".join(
        [
            '<div class="skhcr-report">',
            f"<style>\n{STYLE}\n</style>",
            _table(summary, digits),
            '<div class="skhcr-classes">',
            *tables,
            "</div>",
            "</div>",
        ]
    )


def _table(rows, digits, caption=None):
    """Return a table of HTML: that of a group's classes if there is a caption, or the summary."""
    start = '<table class="skhcr-summary">'
    if caption is not None:
        start = f"<table>\n<caption>{html.escape(caption)}</caption>"
    names = "".join(
        f'<th scope="col">{html.escape(name)}</th>' for name in next(iter(rows.values()))
    )
    lines = [start, f"<thead><tr><td></td>{names}</tr></thead>", "<tbody>"]
    for key, row in rows.items():
        cells = "".join(f"<td>{cell}</td>" for cell in _cells(row, digits))
        lines.append(f'<tr><th scope="row">{html.escape(_visible(key))}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>"])


def _cells(row, digits):
    return [
        f"{value:.0f}" if name == "support" else f"{value:.{digits}f}"
        for name, value in row.items()
    ]


def _visible(key):
    """Return a label as it can be seen: a space or a line break in quotes."""
    return key if key.isprintable() and not key.isspace() else repr(key)
