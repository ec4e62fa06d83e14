"""Choose what to hide (confidential): as few shown cells as can be, so that every hidden cell can be proved safe.

 1. Hide what the rule hides, and as few others as keep bounds from holding a hidden cell (`cover`).
 2. From the true table, search for another one that differs enough at every hidden cell (`witness`).
 3. Where none is found, prove that there is none, which tells of which figures one has to go (`refutation`). Repeat.
 4. What is neither found nor refuted: look for the shown cells that had best be hidden too (`opening`). Repeat.

Costs, order and ties come from public weights and the secret, never from a count; only whether a move is possible looks
at figures (design 3.9).
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.groups import Neighbours
from seuil.disclosure.constraints.problem import AuditProblem, prepare
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.levels import cell_heights
from seuil.disclosure.lp.farkas import MOST_ROWS, WAVE, refuters
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import priced_repair
from seuil.disclosure.suppress.candidates import Loosening
from seuil.disclosure.suppress.cleanup import close
from seuil.disclosure.suppress.contributor_proofs import Convincer
from seuil.disclosure.suppress.cuts import Asked, Cuts
from seuil.disclosure.suppress.cutting_plane import DISCOUNT, MANY, REPAIRS, Cover, Places
from seuil.disclosure.suppress.justification import Reasons
from seuil.disclosure.suppress.master import Covering
from seuil.disclosure.suppress.priced_repair import Level
from seuil.disclosure.suppress.single_rows import Cells, Incidence, incidence_of, show_needless
from seuil.disclosure.suppress.true_table import Truth
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness.repair import seed
from seuil.disclosure.witness.search import WitnessSearch

QUICK = (
    Effort(steps=400, stall=100, tries=1, units=0),
    Effort(steps=2_000, stall=400, tries=2, units=0),
)
LONG = (  # for many exact figures: to ask of each whether it is held would take longer
    Effort(steps=400, stall=100, tries=1, units=0),
    Effort(steps=5_000, stall=1_000, tries=1, units=0),
    Effort(steps=20_000, stall=4_000, tries=1, units=0),
    Effort(steps=50_000, stall=10_000, tries=2, units=0),
)
SLOW = Effort(steps=6_000, stall=1_500, tries=2, units=12)  # for cells that can move but weren't seen to
REFUTATIONS = 40  # times that figures are hidden which are proved to hold stuck cells
FREELY = 3  # of them, before nothing is shown again; with sums, before what is stuck is opened for
FEWER_ROWS = 1200  # in one programme, where it is asked of many cells: it is mostly in vain that there are more
NEARLY = 1e-6  # of a solver's whole number
CROWD, CROWDED = 1_000, 0.1  # stuck cells, and as a share of those to be proved: with more, to ask of each is in vain
MOSTLY = 0.5  # of those that are stuck after two efforts: then they are a crowd whatever greater efforts find
IN_VAIN = 0.92  # share of a crowd that the second effort or a later one leaves; then greater ones take too long
THRONG = 10_000  # stuck cells, for which no more than two efforts are made
PART, PART_OF_THRONG = 0.1, 0.2  # of a crowd is opened for before it is looked at again
WORTH = 0.5  # cells that must be freed for each of that part; then the price falls
FEW = 200  # of a crowd are left for refutation
CYCLES = 6  # times that relatives are hidden when no way is found
BATCH = 400  # cells opened for between two looks at what is proved by now
COARSE = 0.2  # how much more a cell costs for every level that it is above the leaves, dimensions added up
MOST_SUMS = 1.2  # times as many hidden sums as single bounds ask for; beyond that another draw of the ties is better
MORE_SUMS = 10  # beside
REPAIRS_SUM = 12  # rounds near a choice: with sums there are many equals, and opening is quicker
COARSE_SUM = 1.0  # the same for sums: a large one is hard to move by 10 %


@dataclass(frozen=True)
class Price:
    """How many published cells a pattern hides beside those that were hidden at the start, and what they cost.

    least_number, least_cost: no safe pattern is below (proved by the cuts that all of them obey).
    """

    number: int
    cost: float
    least_number: int
    least_cost: float


@dataclass(frozen=True)
class Suppression:
    """A pattern: the hidden cells (flat) among the published ones.

    stuck: cells (numbered as in `Proof.cells`) for which even the true table gave no other one that differs enough.
    """

    hidden: Bools
    stuck: Ints
    price: Price


def suppress(
    truth: Truth,
    secret: bytes,
    *,
    hidden: Bools | None = None,
    unproved: Ints | None = None,
    progress: Progress | None = None,
) -> Suppression:
    """Choose a pattern.

    hidden, unproved: a pattern to widen, and cells of it (numbered as in `Proof.cells`) that an audit could not prove;
    relatives of theirs are hidden whatever the true table says.
    """
    return _Suppressor(truth, secret, progress).run(hidden, unproved)


class _Suppressor:
    def __init__(self, truth: Truth, secret: bytes, progress: Progress | None) -> None:
        self.truth, self.progress = truth, progress
        grid = truth.grid
        self.problem = truth.problem(np.zeros(len(truth.values), np.bool_))
        digest = hashlib.sha256(secret + f"{grid.dataset.id}/{grid.period}".encode()).digest()
        self.random = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        self.seed = int.from_bytes(digest[16:20], "big") >> 1
        published, known = grid.published.ravel(), self.problem.implied.known
        implied = self.problem.implied.nodes
        self.matters = (published | implied) & ~known.exact & ~known.narrow
        # A shown 0 stays shown; so does a sum over nobody. Any other sum of 0 has too few contributors: it is small.
        zero_shown = grid.zeros_shown & (truth.values == 0) & published
        self.openable = self.matters & ~zero_shown & ~grid.asked("shown").ravel()
        height = cell_heights(grid)
        self.cost = self._costs(height, implied)
        self.neighbours = Neighbours(self.problem.rows, self.openable, self.random)
        self.looked_at = np.zeros(0, np.int64)
        self.unconvinced: dict[int, Ints] = {}  # by stuck cell: people for whom no table was found
        self.look = 0
        self.crowded = False
        # What nothing fixes and nobody publishes is free to move like a hidden cell, with nothing to be proved of it.
        free = ~(published | implied) & self.problem.implied.spanned
        start = truth.small | free | ((grid.asked("hidden") | grid.elsewhere.hidden).ravel() & ~zero_shown)
        # A count that is known can't be concealed: its cell reads NS, and all else is chosen as if it were shown.
        self.start, self.known = start & ~known.exact, start & known.exact & published & ~grid.empty.ravel()
        self.cover = self._cover(self.start, implied)
        places = self.cover.places
        self.loosening = Loosening(
            truth, places, self.matters, self.cost, height, self.neighbours, self.reasons, self.random
        )

    def _costs(self, height: Ints, implied: Bools) -> Floats:
        """What hiding a cell costs: more for every level above the leaves, so that national figures go last."""
        rise = COARSE if self.problem.counts else COARSE_SUM
        cost = 1 + rise * height + 0.001 * self.random.random(len(height))
        return np.where(implied, 0.001, cost * self.truth.grid.costs.ravel())

    def _cover(self, hidden: Bools, implied: Bools) -> Cover:
        """Where cells may be hidden, and what is asked of them. A shown implied cell is told exactly."""
        problem, grid, values = self.problem, self.truth.grid, self.truth.values
        low, high = np.where(implied, values, problem.low), np.where(implied, values, problem.high)
        floor, known = 1 if grid.zeros_shown and problem.counts else 0, problem.implied.known
        hidden_low = np.maximum(np.where(grid.published.ravel(), floor, 0), known.low)
        hidden_high = np.where(grid.empty.ravel(), UNBOUNDED, known.high)
        self.reasons = Reasons(problem, values, low, high, hidden_low, hidden_high, self.neighbours)
        # What can't be protected may at least not be told exactly.
        sliding = np.where(self.matters, problem.sliding, known.narrow & ~known.exact)
        asked = Asked(sliding, self.truth.upper, self.truth.lower)
        rest, secret = np.zeros(len(problem.rows), np.int64), np.zeros(len(problem.rows), np.bool_)
        if problem.counts:
            rest[len(problem.implied.lines) :] = np.where(problem.implied.left_over, problem.sliding, 0)
            secret[len(problem.implied.lines) :] = self.reasons.small_left_over()

        def reasons(pattern: Bools) -> Cuts:
            return self.reasons.lacking(self._audit_problem(pattern))

        ask = reasons if problem.justified else None
        places = Places(problem.rows, low, high, hidden_low, hidden_high, self.openable, asked, rest, secret, ask)
        return Cover(places, hidden, self.cost, REPAIRS if problem.counts else REPAIRS_SUM)

    def _audit_problem(self, hidden: Bools) -> AuditProblem:
        return self.truth.problem(self._published(hidden))

    def _published(self, hidden: Bools) -> Bools:
        """What of a pattern is published as NS."""
        return np.asarray((hidden | self.known) & self.truth.grid.published.ravel())

    @property
    def hidden(self) -> Bools:
        """The pattern as it stands."""
        return self.cover.hidden

    @property
    def _many(self) -> bool:
        """Whether there are so many cells to be proved that not all can be looked at again and again."""
        return self.crowded or len(self.looked_at) > MANY

    def _is_crowd(self, stuck: int, share: float) -> bool:
        """Whether many cells are stuck, and more than a share of those that were looked at."""
        return self.problem.counts and stuck > max(CROWD, share * len(self.looked_at))

    def run(self, hidden: Bools | None, unproved: Ints | None) -> Suppression:
        seed(self.seed)
        if hidden is not None:
            self.cover.hide(hidden & ~self.known)
        self.cover.begin()
        stuck = self._unproved(None)
        if self._is_crowd(len(stuck), CROWDED):
            stuck = self._open_crowd(stuck)
        stuck = self._refute_all(stuck)
        if len(stuck) and self._many:
            stuck = self._unproved(stuck, (SLOW,))
        chosen = self.hidden
        if unproved is not None and len(unproved):
            self._hide_relatives(unproved)
            stuck = self._unproved(stuck)
        for _ in range(CYCLES if self.problem.counts else 1):  # with sums another draw of the ties helps more
            stuck = self._open_all(stuck)
            if not len(stuck) or not self._hide_relatives(stuck):
                break
            stuck = self._unproved(stuck)
        more = bool((self.hidden & ~chosen).any())
        if more and unproved is None and not len(stuck) and not self._many:  # what an audit asked for stays hidden
            self._close()
        self._show_groups_without_reason()
        self.reasons.refuse(self._audit_problem(self.hidden), self.truth.small)
        return Suppression(self._published(self.hidden), stuck, self._price())

    def _price(self) -> Price:
        """Beside the small cells."""
        more, cover = self.hidden & ~self.start, self.cover
        counted = (~self.problem.implied.nodes).astype(np.float64)
        if self._many:  # cuts that came in later raise the least cost by less than they take to count
            least_cost, [least] = cover.least_cost, cover.covering.least_of(counted)
        else:  # first what it has been solved for already: that is quicker
            least_cost, least = cover.covering.least_of(self.cost, counted)
        return Price(int(counted[more].sum()), float(self.cost[more].sum()), math.ceil(least - NEARLY), least_cost)

    def _refute_all(self, stuck: Ints) -> Ints:
        """Prove of stuck cells that they are held, and hide what lets them go, until that finds nothing more.

        Returns what stays stuck. Where there are many cells, those that were chosen stay hidden: else all would have to
        be looked at again.
        """
        many, unknown = self._many, np.zeros(0, np.int64)
        for k in range(REFUTATIONS if self.problem.counts else FREELY):
            asked = np.setdiff1d(stuck, unknown)
            if not len(asked):
                break
            cuts, not_held = self._refuted(asked)
            if not self.cover.add(cuts, hard=self.truth.insiders is None):  # people are thought of together
                break
            if many:
                unknown = np.union1d(unknown, not_held)
                self.cover.keep()
            self.cover.mend(growing=not many and k >= FREELY)
            stuck = self._unproved(stuck if many else None)
        return stuck

    def _refuted(self, stuck: Ints) -> tuple[Cuts, Ints]:
        """What holds the stuck cells, and those of which nothing is found out.

        Of many, those near figures that may go already are left for the next time.
        """
        size, truth, first_rest = len(self.truth.values), self.truth, len(self.problem.implied.lines)
        able = self.openable & ~self.hidden
        held, parts, not_held = [], [], []
        going = np.zeros(size, np.bool_)

        def asked(what: int) -> tuple[int, int, int, int]:
            if what < size:
                return what, self.problem.sliding, int(truth.upper[what]), int(truth.lower[what])
            return first_rest + what, self.problem.sliding, -INFINITE, INFINITE

        most_rows = FEWER_ROWS if self._many else MOST_ROWS
        with refuters(self.problem.rows, truth.values, self._bounds_of(), most_rows) as refute:
            waiting = [(what, self._mates(np.array([what]))) for what in self.random.permutation(stuck).tolist()]
            while waiting:
                waiting = [(what, mates) for what, mates in waiting if not going[mates].any()]
                wave, waiting = waiting[:WAVE], waiting[WAVE:]
                for (what, _), cells in zip(wave, refute([asked(what) for what, _ in wave]), strict=True):
                    cells = cells[able[cells]]
                    if not len(cells):
                        not_held.append(what)
                        continue
                    held.append(what if what < size else first_rest + what)
                    parts.append(cells)
                    going[cells] = self._many
        start = np.cumsum([0] + [len(cells) for cells in parts])
        cuts = Cuts(np.array(held, np.int64), start, np.concatenate([np.zeros(0, np.int64), *parts]))
        return cuts, np.array(not_held, np.int64)

    def _bounds_of(self) -> Callable[[int], tuple[Ints, Ints]]:
        """Bounds of all cells in the tables of each, under the pattern as it stands."""
        insiders = self.truth.insiders
        if insiders is None:
            bounds = self.cover.places.bounds(self.hidden)
            return lambda _: bounds
        low, high = self._by_figures()
        return lambda cell: insiders.within(low, high, self._people(cell), cell)

    def _by_figures(self) -> tuple[Ints, Ints]:
        """Bounds of all cells by the pattern's figures alone; implied cells that they leave open count as hidden."""
        return self.cover.places.bounds(self.hidden | self._audit_problem(self.hidden).hidden)

    def _people(self, cell: int) -> Ints:
        """Those who have yet to be convinced of a stuck cell."""
        insiders = self.truth.insiders
        if insiders is None:
            return np.zeros(0, np.int64)
        found = self.unconvinced.get(cell)
        return insiders.to_convince(cell) if found is None else found

    def _open_all(self, stuck: Ints) -> Ints:
        """Open at falling prices as long as anything is stuck and more can be hidden; returns what stays stuck."""
        levels = priced_repair.COUNTS if self.problem.counts else priced_repair.SUMS
        level, most = 0, MOST_SUMS * int(self.hidden.sum()) + MORE_SUMS
        while len(stuck) and level < len(levels):
            if not self.problem.counts and int(self.hidden.sum()) > most:
                break
            opened = self._opened(stuck[:BATCH], levels[level], level)
            if not opened.any():
                level += 1
                continue
            self._hide(opened)
            stuck = self._unproved(stuck)
        return stuck

    def _open_crowd(self, stuck: Ints) -> Ints:
        """Open for a part of very many stuck cells at a time, at falling prices, until few are left; returns these.

        In tables that are mostly hidden, what holds a cell is spread over too many others to be found by refutation;
        but what is opened for some lets most others go too.
        """
        self.crowded = True
        for number, level in enumerate(priced_repair.CROWDS):
            freed, part = math.inf, stuck[:0]
            while len(stuck) > FEW and freed >= WORTH * len(part):
                before = len(stuck)
                share = PART_OF_THRONG if before > THRONG else PART
                part = self.random.permutation(stuck)[: max(FEW, int(share * before))]
                self._hide(self._opened(part, level, number))
                stuck = self._unproved(stuck)
                freed = before - len(stuck)
        return stuck

    def _hide_relatives(self, cells: Ints) -> bool:
        """Hide a shown line-mate of every cell, as few as cover them all; False where none is left to hide."""
        before = int(self.hidden.sum())
        mates = [self._mates(np.array([cell])) for cell in cells]
        mates = [m[~self.hidden[m]] for m in mates]
        start = np.cumsum([0] + [len(m) for m in mates])
        relatives = Covering(self.cost, self.hidden, DISCOUNT)
        more = np.zeros_like(self.hidden)
        cuts = Cuts(np.full(len(mates), -1), start, np.concatenate([np.zeros(0, np.int64), *mates]))
        if relatives.add(cuts, hard=False):
            more[relatives.choose(relatives.dive())] = True
        self._hide(more)
        return int(self.hidden.sum()) > before

    def _hide(self, cells: Bools) -> None:
        """Hide cells beside those that are hidden, and what has to be hidden because of them.

        Large sums are hard to move by 10 %: by bounds alone each would ask for more and more of them.
        """
        self.cover.hide(cells)
        if self.problem.counts:
            self.cover.mend(growing=True)

    def _mates(self, cells: Ints) -> Ints:
        return self.neighbours.of_all(self.problem.nodes_of(cells))

    def _unproved(self, stuck: Ints | None, efforts: Sequence[Effort] | None = None) -> Ints:
        """Hidden cells for which the search from the true table finds nothing, numbered as in `Proof.cells`.

        Whatever could move still can when more is hidden, so only cells that were `stuck` or are newly hidden are
        looked at again; all of them where `stuck` is None.
        """
        search, cells = self._witness_search()
        settled = np.zeros(0, np.int64) if stuck is None else np.setdiff1d(self.looked_at, stuck)
        self.looked_at = cells
        aggregated = search.aggregated
        todo = np.zeros(len(search.targets.cells), np.bool_)
        todo[aggregated.of[~np.isin(aggregated.cells, settled)]] = True
        if efforts is None:
            efforts = (*QUICK, SLOW) if not self._many else QUICK if self.problem.rounded else LONG
        before, always = math.inf, 1 if self.crowded else 2
        for k, effort in enumerate(efforts):
            still = search.open[todo[search.open]]
            if k >= always and len(still) > min(THRONG, max(CROWD, IN_VAIN * before)):
                break
            if k >= always and stuck is None and self._is_crowd(len(search.left), MOSTLY):
                break
            before = len(still)
            search.widen(effort, still, progress=self.progress)
            many = self.crowded or (k > 0 and len(search.open_of(still)) > CROWD)
            if many and search.leaves_most(still) and self.truth.insiders is None:
                search.walk(QUICK[0], still, self.progress)
            self._convince(search, search.open[todo[search.open]], effort)
        held = np.setdiff1d(cells, aggregated.cells)
        return np.setdiff1d(np.concatenate([held, search.left]), settled)

    def _convince(self, search: WitnessSearch, places: Ints, effort: Effort) -> None:
        """Prove cells for some people after others, where no table was found that proves them for all."""
        if self.truth.insiders is not None:
            left = Convincer(self.truth.insiders, *self._by_figures()).left(search, places, effort)
            of = search.aggregated.of
            self.unconvinced = {
                int(c): left[k] for c, k in zip(search.aggregated.cells, of.tolist(), strict=True) if k in left
            }

    def _witness_search(self) -> tuple[WitnessSearch, Ints]:
        """A search from the true table under the pattern as it stands, and all the cells that should be proved."""
        insiders = self.truth.insiders
        prepared = prepare(self._audit_problem(self.hidden), None if insiders is None else insiders.apart)
        upper, lower = self.truth.asked_of(prepared.targets, prepared.aggregated)
        self.look += 1
        targets = replace(prepared.targets, upper=upper, lower=lower)
        search = WitnessSearch(prepared.system, targets, self.seed + self.look, aggregated=prepared.aggregated)
        search.start_from(self.truth.values[prepared.system.cell])
        if insiders is not None:
            search.bound(*insiders.within(prepared.low, prepared.high, insiders.everyone))
        return search, prepared.cells

    def _close(self) -> None:
        """Show again what is needless; not where that might leave a group of hidden cells without a reason."""
        before = self.hidden.copy()
        search, _ = self._witness_search()
        for effort in (*QUICK, SLOW):
            search.widen(effort, progress=self.progress)
        cells = search.targets.cells
        node = cells < len(self.truth.values)
        secondary = np.zeros(len(cells), np.bool_)
        node &= (
            np.bincount(search.aggregated.of, minlength=len(cells)) == 1
        )  # an aggregated one would tell of one that is shown
        able = self.openable & ~self.start & self.truth.grid.published.ravel()
        secondary[node] = (able & ~self.cover.covering.needed(self.hidden))[cells[node]]
        candidates = np.flatnonzero(secondary)
        candidates = candidates[np.argsort(-self.cost[cells[candidates]])]  # the dearest are shown first
        rows, state = self._row_state()

        def may_show(position: int) -> bool:
            return bool(show_needless(rows, state, cells[position : position + 1]))

        def keep_hidden(position: int) -> None:
            state.hidden[cells[position]] = True

        low, high = self.problem.low[cells[candidates]], self.problem.high[cells[candidates]]
        shown = close(search, candidates, low, high, may_show, keep_hidden)
        closed = before.copy()
        closed[cells[candidates[shown]]] = False
        self.cover.hidden = closed
        self._show_groups_without_reason()
        if not self.reasons.plenty(self._audit_problem(self.hidden)) and len(self._unproved(None)):
            self.cover.hidden = before

    def _row_state(self) -> tuple[Incidence, Cells]:
        """What single rows give away; its pattern is a copy."""
        places = self.cover.places
        rows = incidence_of(self.problem.rows, len(self.hidden), places.secret)
        return rows, Cells(
            places.low, places.high, places.hidden_low, places.hidden_high, places.asked.sliding, self.hidden.copy()
        )

    def _show_groups_without_reason(self) -> None:
        """Show groups that hold no small cell (2e), but for what was hidden earlier: no row joins them to others."""
        shown = self.reasons.without(self._audit_problem(self.hidden)) & ~self.truth.grid.elsewhere.hidden.ravel()
        self.cover.hidden = self.hidden & ~shown

    def _opened(self, stuck: Ints, level: Level, number: int) -> Bools:
        """(cells,) what had best be hidden so that the stuck cells can move."""
        problem = self._audit_problem(self.hidden)
        return self.loosening.cells(problem, self.hidden, stuck, level, self.seed + number, self._bounds_of())
