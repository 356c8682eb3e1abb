"""Results as text and as Markdown, and what changed between two of them."""

import textwrap

from benchmarks.tables import markdown, provenance

QUICK = "Tiny sizes: these figures show that everything works, and nothing else."


def case_text(name, case):
    """Return what a case came to: a table of medians, and the targets."""
    heads, rows = _figures(case)
    lines = [*textwrap.wrap(f"{name}: {case['what']}.", 90), ""]
    if rows:
        lines += [*_columns([heads, *rows]), ""]
    lines += _columns([_target_cells(target) for target in case["targets"] if "median" in target])
    lines += [f"left out: {who} ({why})" for who, why in case["left_out"].items()]
    lines += [f"failed: {who}" for who in case["failed"]]
    return "\n".join(lines).rstrip() + "\n"


def markdown_text(results):
    """Return all cases as Markdown: targets in one table, then the medians of each case."""
    heads = ["case", "figure", "median", "in the rounds", "target", "met"]
    rows = [
        [name, *_target_cells(target)]
        for name, case in results["cases"].items()
        for target in case["targets"]
        if "median" in target
    ]
    parts = [f"**{QUICK}**"] * results["about"]["quick"] + [markdown(heads, rows)] * bool(rows)
    for name, case in results["cases"].items():
        heads, rows = _figures(case)
        parts += [f"`{name}`: {case['what']}.", *[markdown(heads, rows)] * bool(rows)]
        parts += [f"Without {who}: {why}." for who, why in case["left_out"].items()]
        parts += [f"{who} failed." for who in case["failed"]]
    packages = [name for name in results["about"]["versions"] if name != "python"]
    return "\n\n".join([*parts, provenance(results["about"]["command"], packages)]) + "\n"


def compare_text(a, b):
    """Return what changed from one run to another."""
    lines = [f"{letter}: {_origin(run['about'])}" for letter, run in (("A", a), ("B", b))]
    versions = [run["about"]["versions"] for run in (a, b)]
    for package in sorted(versions[0].keys() | versions[1].keys()):
        old, new = (packages.get(package, "none") for packages in versions)
        if old != new:
            lines.append(f"{package}: {old} in A, {new} in B")
    before, after = _all_figures(a), _all_figures(b)
    rows = [["case", "figure", "A", "B", "B / A", ""]]
    for (name, what), old in before.items():
        if (name, what) in after:
            new = after[name, what]
            ratio = f"{new['median'] / old['median']:.2f}" if old["median"] else ""
            cells = [show(what, summary["median"]) for summary in (old, new)]
            rows.append([name, what, *cells, ratio, _change(old, new)])
    lines += ["", *_columns(rows), ""]
    lines.append("* changed by more than the spread of the rounds")
    lines.append("? changed, and one round each has no spread")
    for letter, there, elsewhere in (("A", before, after), ("B", after, before)):
        lines += [
            f"only in {letter}: {name}, {what}"
            for name, what in there
            if (name, what) not in elsewhere
        ]
    return "\n".join(lines) + "\n"


def show(name, value):
    """Return a figure with as many digits as it deserves."""
    if name.split(": ")[-1].startswith("accuracy"):
        return f"{value:.2%}"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def _figures(case):
    """Return the heads and the rows of the table of medians."""
    names = list(dict.fromkeys(name for figures in case["figures"].values() for name in figures))
    rows = [
        [who, *(show(name, figures[name]["median"]) if name in figures else "" for name in names)]
        for who, figures in case["figures"].items()
        if figures
    ]
    return ["", *names], rows


def _target_cells(target):
    name = target["name"]
    median, least, most = (show(name, target[key]) for key in ("median", "min", "max"))
    limits = [
        f"{words} {show(name, target[key])}"
        for key, words in (("at_least", "at least"), ("at_most", "at most"))
        if target[key] is not None
    ]
    met = {True: "met", False: "missed", None: ""}[target["met"]]
    spread = f"{least} to {most}" if len(target["values"]) > 1 else ""
    return [name, median, spread, " and ".join(limits), met]


def _columns(rows):
    """Return lines of text in which cells stand below one another, numbers to the right."""

    def align(column, cell, width):
        is_number = column > 0 and cell.lstrip("-")[:1].isdigit()
        return cell.rjust(width) if is_number else cell.ljust(width)

    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return ["  ".join(map(align, range(len(row)), row, widths)).rstrip() for row in rows]


def _origin(about):
    machine = about["machine"]
    return (
        f"{about['date']}, commit {about['commit']}, {about['rounds']} rounds"
        f"{', tiny sizes' if about['quick'] else ''}; {machine['processor']}, "
        f"{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}"
    )


def _all_figures(results):
    """Return the summaries of all figures and targets, by case and name."""
    summaries = {}
    for name, case in results["cases"].items():
        for who, figures in case["figures"].items():
            summaries |= {(name, f"{who}: {figure}"): figures[figure] for figure in figures}
        for target in case["targets"]:
            if "median" in target:
                summaries[name, target["name"]] = target
    return summaries


def _change(old, new):
    difference = abs(new["median"] - old["median"])
    if len(old["values"]) == len(new["values"]) == 1:
        return "?" if difference else ""
    return "*" if difference > max(run["max"] - run["min"] for run in (old, new)) else ""
