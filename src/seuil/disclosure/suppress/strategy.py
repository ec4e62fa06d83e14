"""Choose what to hide (confidential): as few shown cells as can be, so that every hidden cell can be proved safe.

Secondary (complementary) cell suppression, by cutting planes (Fischetti and Salazar-Gonzalez 2001, Management Science
47) with the attacker's whole-number tables in place of the attacker's linear programs:

 1. Hide what the rule hides, and as few others as keep bounds from holding a hidden cell (`cutting_plane`).
 2. From the true table, search for another one that differs enough at every hidden cell (`proving`).
 3. Where none is found, prove that there is none, which tells of which figures one has to go: another cut
    (`certificates`). Back to 1, until nothing more is proved to be held.
 4. What is neither found nor refuted: hide the candidates that let it move (`candidates`), at falling prices, and where
    these run out its line-mates. Very many such cells are done by samples, before 3 (`many_unproved`).
 5. Show again what that has made redundant (`cleanup`).
 6. Of a small table, look for a cheaper pattern among all that obey the cuts (`whole_number_master`).
 7. Show again groups that are hidden for no reason (`justification`).

An audit from public figures alone decides afterwards (`protect`); what it can't prove comes back and is widened.

Costs, order and ties come from public weights and the secret, never from a count; only whether a move is possible looks
at figures (`instance`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import many_unproved
from seuil.disclosure.suppress.candidates import CandidateSearch
from seuil.disclosure.suppress.certificates import certified_cuts
from seuil.disclosure.suppress.cleanup import without_redundant
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.cutting_plane import CuttingPlane
from seuil.disclosure.suppress.instance import Instance
from seuil.disclosure.suppress.master import Master
from seuil.disclosure.suppress.price import Price, price_of
from seuil.disclosure.suppress.proving import PatternProver
from seuil.disclosure.suppress.true_table import TrueTable
from seuil.disclosure.suppress.whole_number_master import Look, WholeNumberMaster, improve
from seuil.disclosure.tuning import PriceLevel
from seuil.disclosure.witness.repair import seed

Judge = Callable[[AuditProblem], Ints]


@dataclass(frozen=True)
class Suppression:
    """A pattern: the hidden cells (flat) among the published ones.

    unproved: cells (numbered as in `Proof.cells`) for which even the true table gave no other one that differs enough.
    """

    hidden: Bools
    unproved: Ints
    price: Price


def suppress(
    truth: TrueTable,
    secret: bytes,
    *,
    hidden: Bools | None = None,
    unproved: Ints | None = None,
    judge: Judge | None = None,
    progress: Progress | None = None,
) -> Suppression:
    """Choose a pattern.

    judge: what an audit leaves unproved of a pattern, asked before more is hidden than the cuts ask for. hidden,
    unproved: a pattern to widen, and cells of it (numbered as in `Proof.cells`) that an audit could not prove;
    line-mates of theirs are hidden whatever the true table says. Raises DisclosureError where wishes and what is known
    from elsewhere leave no pattern that keeps the rules.
    """
    instance = Instance(truth, secret)
    seed(instance.seed)
    return _Strategy(instance, judge, progress).run(hidden, unproved)


class _Strategy:
    """The loop. The pattern as it stands is that of the cutting plane, `plane.hidden`."""

    def __init__(self, instance: Instance, judge: Judge | None, progress: Progress | None) -> None:
        self.instance, self.tuning, self.counts = instance, tuning.TUNING.suppress, instance.problem.counts
        cells = int(instance.truth.grid.published.sum())
        self.small = self.counts and cells <= self.tuning.whole_number_cells
        self.prover = PatternProver(instance, progress)
        self.plane = self._plane()
        self.candidates, self.judge = CandidateSearch(instance), judge

    def _plane(self) -> CuttingPlane:
        choices = self.tuning.choices if self.counts else self.tuning.choices_of_sums
        instance, progress = self.instance, self.prover.progress
        return CuttingPlane(
            instance.suppression,
            instance.start,
            instance.cost,
            choices=choices,
            greedy=instance.linked,
            progress=progress,
        )

    def run(self, hidden: Bools | None, refused: Ints | None) -> Suppression:
        """hidden, refused: a pattern to widen, and what an audit could not prove of it."""
        plane, prover = self.plane, self.prover
        if hidden is not None:
            plane.hide(hidden & ~self.instance.known)
        plane.solve()  # step 1 of the text above
        unproved = self._first_look(hidden, refused)  # step 2
        # Where choices are greedy, certificates would ask for one cell more each.
        prover.hard = plane.master.exhausted
        if prover.are_many(len(unproved), self.tuning.many_share):
            unproved = self._hide_for_samples(unproved)
        unproved = self._cut_by_certificates(unproved)  # step 3
        prover.hard = plane.master.exhausted or prover.certificate_work <= 0
        if prover.hard and prover.are_many(len(unproved), self.tuning.many_share):
            unproved = self._hide_for_samples(unproved)
        if len(unproved) and prover.large:
            # Of a large pattern the greater efforts were left out so far; few enough cells are left for them now.
            unproved = prover.unproved(plane.hidden, unproved, (self.tuning.slow,))
        chosen, cuts = plane.hidden, plane.master.valid_cuts()  # what the cuts ask for; the rest is step 4
        if refused is not None and len(refused):
            # The true table has witnesses for these, but the audit has to find them from public figures: they need
            # more room than the truth tells.
            self._hide_line_mates(self._sample_of_many(refused))
            unproved = prover.unproved(plane.hidden, unproved)
        for _ in range(self.tuning.line_mate_rounds if self.counts else 1):  # for sums another draw of ties is better
            unproved = self._hide_candidates(unproved)
            if not len(unproved) or not self._hide_line_mates(unproved):
                break
            unproved = prover.unproved(plane.hidden, unproved)
        # Step 5: the cutting plane hides nothing that is redundant for its cuts; only what was hidden beside them may
        # be. What an audit asked for stays, and a large pattern would have to be searched once more.
        more = bool((plane.hidden & ~chosen).any())
        greedy = plane.master.exhausted and not plane.greedy
        if (more or greedy) and refused is None and not len(unproved) and (greedy or not prover.large):
            self._clean_up()
        if self.small and hidden is None and not len(unproved):
            self._improve(cuts)  # step 6
        self._show_unjustified_groups()
        self.instance.justification.check(self._audit_problem(), self.instance.truth.small)
        return Suppression(
            self.instance.published(self.plane.hidden),
            unproved,
            price_of(self.instance, self.plane, large=prover.large),
        )

    def _first_look(self, hidden: Bools | None, refused: Ints | None) -> Ints:
        """What is unproved of the first pattern. hidden, refused: see `run`."""
        if hidden is None or refused is None or not self.instance.linked:
            return self.prover.unproved(self.plane.hidden)
        # Of linked tables the audit proved many cells that this search would not: they can move still.
        self.prover.cells = self.instance.audit_problem(hidden).cells
        return self.prover.unproved(self.plane.hidden, refused)

    def _audit_problem(self) -> AuditProblem:
        return self.instance.audit_problem(self.plane.hidden)

    def _cut_by_certificates(self, unproved: Ints) -> Ints:
        """Prove of unproved cells that they are held, and obey these cuts too, until that finds nothing more.

        Returns what stays unproved.
        """
        large, unknown = self.prover.large, np.zeros(0, np.int64)
        rounds = self.tuning.certificate_rounds if self.counts else self.tuning.certificate_rounds_of_sums
        for number in range(rounds):
            asked = np.setdiff1d(unproved, unknown)
            if not len(asked):
                break
            cuts, not_held = certified_cuts(self.prover, self.plane.hidden, asked)
            # A certificate against contributors holds for some of them together, not for each: no bound for others.
            if not self.plane.add(cuts, valid=self.instance.truth.contributors is None):
                break
            if large:
                # What was chosen stays hidden: else all cells would have to be looked at again. For the same reason
                # cells of which the program finds nothing out are not asked about twice.
                unknown = np.union1d(unknown, not_held)
                self.plane.keep()
            # A choice may trade one cut for another for ever; after some rounds it may only grow.
            self.plane.settle(growing=not large and number >= self.tuning.certificate_rounds_free)
            unproved = self.prover.unproved(self.plane.hidden, unproved if large else None)
        return unproved

    def _hide_for_samples(self, unproved: Ints) -> Ints:
        """Hide candidates for samples of very many unproved cells; returns the few that stay unproved."""
        self.prover.many = True

        def hide_for(sample: Ints, level: PriceLevel, number: int) -> None:
            self._hide(self._candidates(sample, level, number))

        def look(before: Ints) -> Ints:
            return self.prover.unproved(self.plane.hidden, before)

        unproved = many_unproved.hide_for_samples(unproved, self.instance.random, hide_for, look)
        if self.judge is None or not self.instance.linked or len(unproved) <= self.tuning.sample_least:
            return unproved
        # What is hidden for some frees no others any more: the search from the true table is stuck. Of linked tables an
        # audit, which begins in the middle of all tables, proves nearly all of these.
        return self._left_by(self.judge, unproved)

    def _sample_of_many(self, refused: Ints) -> Ints:
        """What an audit could not prove, or a sample of it where that is much.

        An audit that finds no first table proves nothing of any cell. It needs room somewhere, not at each of them.
        """
        if not self.prover.are_many(len(refused), self.tuning.many_share):
            return refused
        return self.instance.random.permutation(refused)[: int(self.tuning.sample_share * len(refused))]

    def _hide_candidates(self, unproved: Ints) -> Ints:
        """Hide candidates at falling prices as long as anything is unproved; returns what stays so.

        A high price finds few ways, which need few other cells; what finds none gets a lower one.
        """
        levels = self.tuning.price_levels if self.counts else self.tuning.price_levels_of_sums
        unproved = self._judged(unproved)
        number, most = 0, self.tuning.most_sums_factor * int(self.plane.hidden.sum()) + self.tuning.most_sums_beside
        while len(unproved) and number < len(levels):
            if not self.counts and int(self.plane.hidden.sum()) > most:
                break
            found = self._candidates(unproved[: self.tuning.candidates_at_once], levels[number], number)
            if not found.any():
                number += 1
                continue
            self._hide(found)
            unproved = self.prover.unproved(self.plane.hidden, unproved)
        return unproved

    def _judged(self, unproved: Ints) -> Ints:
        """What of it an audit from public figures leaves unproved as well.

        The true table is one of many that readers think possible. Where rule 2e locks a small cell in it, another cell
        can't be moved from there, and can all the same from the tables that an audit begins with.
        """
        if self.judge is None or not self.counts or self.prover.large or not len(unproved):
            return unproved
        return self._left_by(self.judge, unproved)

    def _left_by(self, judge: Judge, unproved: Ints) -> Ints:
        """What of some cells the judge leaves unproved as well."""
        return np.intersect1d(unproved, judge(self._audit_problem()))

    def _candidates(self, unproved: Ints, level: PriceLevel, number: int) -> Bools:
        """(cells,) what some unproved cells had best have hidden, at the price of a level and its number."""
        hidden = self.plane.hidden
        bounds_of = self.prover.bounds_of(hidden)
        return self.candidates.secondaries(hidden, unproved, level, self.instance.seed + number, bounds_of)

    def _hide_line_mates(self, cells: Ints) -> bool:
        """Hide a shown line-mate of every cell, as few as cover them all; False where none is left to hide."""
        before = int(self.plane.hidden.sum())
        master = Master(self.instance.cost, self.plane.hidden, self.tuning.discount)
        more = np.zeros_like(self.plane.hidden)
        if master.add(self._line_mates(cells), valid=False):
            more[master.choose(master.dive())] = True
        self._hide(more)
        return int(self.plane.hidden.sum()) > before

    def _line_mates(self, cells: Ints) -> Cuts:
        """Cuts that ask for a shown line-mate of every cell."""
        mates = [self.instance.line_mates(int(cell)) for cell in cells]
        mates = [m[~self.plane.hidden[m]] for m in mates]
        start = np.cumsum([0] + [len(m) for m in mates])
        return Cuts(np.full(len(mates), -1), start, np.concatenate([np.zeros(0, np.int64), *mates]))

    def _hide(self, cells: Bools) -> None:
        """Hide cells beside those that are hidden, and what has to be hidden because of them.

        Large sums are hard to move by p%: by bounds alone each would ask for more and more of them.
        """
        self.plane.hide(cells)
        if self.counts:
            self.plane.settle(growing=True)

    def _clean_up(self) -> None:
        """Show redundant suppressions again; not where that might leave a group of hidden cells unjustified."""
        before = self.plane.hidden.copy()
        published = self.instance.truth.grid.published.ravel()
        self.plane.hidden = without_redundant(self.prover, before, self.plane.master.needed(before), published)
        self._show_unjustified_groups()
        # The search of the cleanup did not watch for justification: where that may be tight, all is looked at again.
        justification = self.instance.justification
        if not justification.has_plenty(self._audit_problem()) and len(self.prover.unproved(self.plane.hidden)):
            self.plane.hidden = before

    def _improve(self, cuts: Cuts) -> None:
        """Look for a cheaper pattern than the one that was found. cuts: the valid ones of before candidates came in."""
        best, self.plane = self.plane.hidden, self._plane()
        self.plane.master.add(cuts, valid=True)
        whole = WholeNumberMaster(self.plane, self.tuning.whole_number_iterations)
        self.plane.hidden = improve(whole, best, self._look)

    def _look(self, pattern: Bools) -> Look:
        """Whether a pattern of a small table is proved; if not, whether a cut came in that it breaks."""
        unproved = self.prover.unproved(pattern)
        if len(unproved):
            cuts, _ = certified_cuts(self.prover, pattern, unproved)
            if self.plane.add(cuts, valid=True):
                return "cut"
        # A pattern that was not widened step by step has to please the audit as a whole.
        left = unproved if self.judge is None else self.judge(self._audit_problem())
        if not len(left):
            return "proved"
        # Such a cell might move with other cells hidden too: one of its line-mates, as far as this search goes.
        return "cut" if self.plane.add(self._line_mates(left), valid=False) else "unproved"

    def _show_unjustified_groups(self) -> None:
        """Show groups that hold no small cell (2e), but for what was hidden earlier: no row joins them to others."""
        unjustified = self.instance.justification.unjustified(self._audit_problem())
        self.plane.hidden = self.plane.hidden & ~(unjustified & ~self.instance.truth.grid.elsewhere.hidden.ravel())
