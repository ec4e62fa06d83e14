"""The reviewer's report on a protected table (confidential): what is hidden, why, and the two tables of some cells."""

from html import escape

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.system import leaf_sums
from seuil.disclosure.proof import Proof
from seuil.explain.likelihood import guessed_small
from seuil.html import Page, html_table, page, text
from seuil.tables.loss import Loss, Tally, legacy_words
from seuil.tables.result import ProtectedResult

SHOWN_CELLS = 10
SEED = 1  # which cells are shown: no secret, and the same twice
PROVED = "Every hidden figure is proved from the published ones alone"
HEAD = ("", "figures", "hidden", "small", "to protect", "hidden, %", "to protect, %")


def summary(table: ProtectedResult) -> str:
    """What a notebook shows (HTML)."""
    lines = "<br>".join(escape(line) for line in repr(table).splitlines())
    rows = [_row(f"{name}: {level}", t) for name, levels in table.loss.levels.items() for level, t in levels.items()]
    return f"<p>{lines}</p>" + html_table(HEAD, rows, numbers=range(1, len(HEAD)))


def review(table: ProtectedResult) -> Page:
    """The whole report."""
    definition, loss = table.layout.spec.definition, table.loss
    counted = f"{definition.rounding}, halves up" if definition.rounding else "none: exact counts"
    rules = [
        ("counted", definition.unit.plural.en),
        ("threshold", str(definition.threshold)),
        ("rounding", counted),
        ("level of the guarantee", definition.level),
        ("zeros", definition.zeros),
        ("wishes", str(len(definition.wishes)) if definition.wishes else "none"),
        ("known from elsewhere", str(len(definition.known)) if definition.known else "nothing"),
        ("declared empty", str(sum(1 for _ in definition.empty)) if definition.empty else "nothing"),
    ]
    return page(
        f"Review: {definition.title.en}",
        [
            text("p", "Confidential: for the reviewer only, never to be published", "banner bad"),
            text("h1", f"Review: {definition.title.en}"),
            text("p", f"{table.reading}."),
            text("p", f"{loss}."),
            text("p", f"{legacy_words(PROVED, table.legacy)} ({table.seconds:.1f} s)."),
            text("p", _guess(table)),
            text("h2", "The rules"),
            html_table(("rule", "value"), rules),
            text("h2", "What protection costs, and the least that it can"),
            _bound(loss),
            text("h2", "What is hidden, by dimension and level"),
            text("p", "Small figures are hidden by the rule; the others only to protect them: these are the loss."),
            *_levels(table),
            text("h2", "What is lost at each pair of levels of the first two dimensions"),
            _pairs(table),
            text("h2", f"{SHOWN_CELLS} hidden figures, drawn at random, and their two tables"),
            text("p", _WITNESS_WORDS.format(t=definition.threshold)),
            *_witnesses(table),
        ],
    )


def _guess(table: ProtectedResult) -> str:
    """How well anybody's guess does, which the guarantee promises nothing of."""
    hidden, small = table.reasons.hidden, table.reasons.small
    right = int((small == guessed_small(table.figures).ravel())[hidden].sum())
    return (
        "Likelihood: a fit to the shown figures alone, which anybody can make, guesses rightly of "
        f"{right:,} of {int(hidden.sum()):,} hidden figures whether they are small."
    )


def _bound(loss: Loss) -> str:
    price = loss.price
    rows = [
        ("figures", f"{price.number:,}", f"{price.least_number:,}", f"{loss.gap:.1f} %"),
        ("cost", f"{price.cost:,.1f}", f"{price.least_cost:,.1f}", f"{loss.cost_gap:.1f} %"),
    ]
    words = "At least so much is hidden by every safe pattern (proved). Figures of higher levels cost more to hide."
    head = ("hidden to protect others", "here", "at least", "gap")
    return html_table(head, rows, numbers=(1, 2, 3)) + text("p", words, "soft")


_WITNESS_WORDS = (
    "Two tables are named by the proof for each hidden figure. Both would have been published exactly as this one, and "
    "in them the figure differs by {t} or more, so that nobody can tell which is right. Shown are the figure in both, "
    "and the hidden figures of its lines; those that are published are the same in both, or round to the same."
)


def _levels(table: ProtectedResult) -> list[str]:
    out = []
    for name, levels in table.loss.levels.items():
        out += [
            text("h3", name),
            html_table(HEAD, [_row(level, t) for level, t in levels.items()], numbers=range(1, 7)),
        ]
        out.append(_bars(levels))
    return out


def _bars(levels: dict[str, Tally]) -> str:
    """Two bars a level, 4 px for a per cent: small, and to protect them."""
    rows = []
    for level, t in levels.items():
        small = 100 * t.primary / t.cells
        label = f"{small:.1f} % small, {t.secondary_share:.1f} % to protect"
        bars = [(0.0, small, "#20507a"), (small, t.secondary_share, "#d08a2e")]
        rects = "".join(
            f'<rect x="{4 * x:.1f}" width="{4 * w:.1f}" height="14" y="1" fill="{fill}"></rect>' for x, w, fill in bars
        )
        svg = f'<svg width="420" height="16" role="img" aria-label="{label}">{rects}</svg>'
        rows.append(f"<tr><td>{escape(level)}</td><td>{svg}</td></tr>")
    note = '<p class="soft">blue: small; orange: to protect them; the whole width is every figure of the level</p>'
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>{note}'


def _row(label: str, t: Tally) -> tuple[str, ...]:
    numbers = (t.cells, t.hidden, t.primary, t.secondary)
    return (label, *(f"{n:,}" for n in numbers), f"{t.share:.1f}", f"{t.secondary_share:.1f}")


def _pairs(table: ProtectedResult) -> str:
    """Tallies of every pair of levels: national by age, regional by age and so on."""
    layout, cells = table.layout, table.reasons.published
    names = list(layout.trees)[:2]
    where = layout.where(cells)
    rows = []
    levels = [list(dict.fromkeys(layout.trees[n].levels)) for n in names]
    at = [np.array([levels[k].index(x) for x in layout.trees[n].levels])[where[n]] for k, n in enumerate(names)]
    for first, level in enumerate(levels[0]):
        for second, other in enumerate(levels[1]) if len(names) > 1 else [(-1, "")]:
            inside = (at[0] == first) & ((at[1] == second) if second >= 0 else True)
            if inside.any():
                label = f"{names[0]}: {level}" + (f"; {names[1]}: {other}" if other else "")
                rows.append(_row(label, table.reasons.tally(cells[inside])))
    return html_table(HEAD, rows, numbers=range(1, len(HEAD)))


def _witnesses(table: ProtectedResult) -> list[str]:
    proof, size = table.proof["count"], table.layout.grid.published.size
    known = np.flatnonzero(proof.cells < size)
    if not len(known):
        return [text("p", "Nothing is hidden.")]
    random = np.random.default_rng(SEED)
    chosen = sorted(random.choice(known, min(SHOWN_CELLS, len(known)), replace=False).tolist())
    sums = leaf_sums(table.layout.grid)
    return [_witness(table, proof, k, [sums @ proof.table(int(x[k])) for x in (proof.low, proof.high)]) for k in chosen]


def _witness(table: ProtectedResult, proof: Proof, k: int, tables: list[Ints]) -> str:
    layout, reasons = table.layout, table.reasons
    cell = int(proof.cells[k])
    changed = np.flatnonzero((tables[0] != tables[1]) & reasons.hidden)
    mates = [int(c) for c in changed if c != cell and _in_line(layout.where(np.array([cell, c])))]
    status = "small" if reasons.small[cell] else "hidden to protect others"
    rows = [[_name(table, c), *(f"{int(t[c]):,}" for t in tables)] for c in [cell, *mates]]
    body = html_table(
        ("figure", "in one table", "in the other"), rows, numbers=(1, 2), kinds=["warn"] + [""] * len(mates)
    )
    return f'<div class="sum">{text("h3", _name(table, cell))}{text("p", status, "soft")}{body}</div>'


def _in_line(where: dict[str, Ints]) -> bool:
    """Whether two cells differ in one dimension only."""
    return sum(int(nodes[0] != nodes[1]) for nodes in where.values()) == 1


def _name(table: ProtectedResult, cell: int) -> str:
    return ", ".join(table.layout.names.name(cell).values())
