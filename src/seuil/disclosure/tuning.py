"""Every constant that trades effort against what is found: name, unit, and where it was measured.

None of them decides what is safe: a proof is checked with other code, and with other values the program finds more or
less, sooner or later. They do decide bytes: with another value the same figures have another pattern and proof.

One section for each room, and `TUNING`, which holds them. A module reads `tuning.TUNING` when it works, so that
tests and benchmarks can put other values there; only what compiled code reads (`RepairTuning`, `hidden_price`) is fixed
on import.
A decision is a file in docs/decisions, found by its number; where none is named, nobody has measured the value alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class Effort(NamedTuple):
    """How hard a round of the search tries.

    steps: at most, of one repair. stall: steps in a row after which a repair gives up, if no fewer rows are broken than
    before them. tries: up and down, of a cell. units: once a cell can't go all the way, how often by one unit more.
    """

    steps: int
    stall: int
    tries: int
    units: int


@dataclass(frozen=True)
class ConstraintTuning:
    """What is worked out before any search."""

    propagation_sweeps: int = 50
    """Sweeps over all rows. Bounds are valid after any number; tables of benchmarks/ come to rest within ten or so.
    Not measured."""

    known_sweeps: int = 10_000
    """Sweeps where bounds of what is known from elsewhere must come to rest: far more than it takes. Not measured."""

    smallest_aggregated_group: int = 24
    """Cells of a group in which one cell may stand for another. In smaller ones each is watched for being small, since
    it may be the only one. Not measured."""


@dataclass(frozen=True)
class RepairTuning:
    """The steps of a repair and of a push. Compiled code holds these from its import on."""

    broken_rows_sampled: int = 24
    """Broken rows, of which the shortest is taken up (half of the time). Not measured."""

    variables_looked_at: int = 1024
    """Variables of a longer row that are looked at. With 256, 60 of 4,000 cells of a national year were left after two
    rounds, with these 14 (decision 10)."""

    steps_compared: int = 256
    """Possible steps in one row, of which the best is taken. With all of a thousand compared, tables of two million
    cells took twice the time for the same loss (docs/explanation/performance.md)."""

    sample_run: int = 8
    """Variables next to each other in the sample of a long row: they share a line of the cache. Not measured alone."""

    tabu_steps: int = 2
    """Steps before a variable may go back. Not measured."""

    priced_attempts: int = 3
    """Attempts for every broken row that has a price, none of which lowered what is paid, before the rest stay broken.
    Not measured."""

    companions_tried: int = 64
    """Members of a group that are looked at for one that is to stay small during a push. Not measured."""

    plenty_small: int = 3
    """Small cells of a group beyond which none is asked to stay small: some other one will. Not measured."""


@dataclass(frozen=True)
class WitnessTuning:
    """The base table, the rounds over all cells, and the other tables that a search moves on to."""

    repair_steps: int = 50_000
    """Steps of one call of the compiled repair, and room for its trail. Rows keep their weights from call to call,
    without which 600 of 87,000 rows went on breaking each other (decision 14)."""

    inside_width: int = 2
    """Values between the bounds of a variable beyond which the first base table keeps off them, by one unit. From such
    a base all 23,849 variables of L are proved in 10 s, from one on the bounds all but 982 in 48 s (decision 10). The
    width itself is not measured."""

    steps_inside: int = 16
    """Steps a variable, to bring the base off its bounds as far as that goes. Not measured alone."""

    steps_held: int = 4
    """Steps a variable, to repair what can be around held cells. Not measured alone."""

    steps_whole: int = 64
    """Steps a variable, for a repair that has to succeed. Not measured alone."""

    steps_first: int = 4_000_000
    """Steps for the first table, if that is more. Not measured."""

    group_attempts: int = 20
    """Times that groups without a small cell are asked for one. Not measured."""

    block_cells: int = 2048
    """Cells of a block, one thread's piece of a round; it decides bytes, so it doesn't depend on the number of cores.
    Not measured alone."""

    wave_blocks: int = 8
    """Blocks that start from the same ranges: no more threads than that are of use. Not measured alone."""

    held_share: float = 0.3
    """Share of the open cells that are held where they would be proved, to move on to another table (decision 14; other
    ways to move on are compared there, the share is not)."""

    parallel_tables: int = 4
    """Tables looked for side by side where more than one block of cells is open (decision 14)."""

    share_left: float = 0.6
    """Share of its cells that a round leaves open, beyond which moving on helps more than greater efforts (decision 14:
    too soon is worse, in L it left 6,494 instead of 982 in twice the time)."""

    tables_in_a_row: int = 300
    """Tables at most. All 33 linked professions took 69 (decision 14)."""

    share_worth_it: float = 0.002
    """Share of the open cells that a table and the round from it must prove, for another one to be looked for. To go on
    for longer gave no less (decision 13)."""


@dataclass(frozen=True)
class AuditTuning:
    """How long an audit tries. Nothing here is a time: the same figures give the same bytes on any machine."""

    rounds: tuple[Effort, ...] = (
        Effort(steps=400, stall=100, tries=1, units=0),
        Effort(steps=2_000, stall=400, tries=2, units=0),
        Effort(steps=10_000, stall=2_000, tries=1, units=0),
        Effort(steps=50_000, stall=10_000, tries=2, units=0),
        Effort(steps=40_000, stall=8_000, tries=3, units=12),
        Effort(steps=50_000, stall=25_000, tries=12, units=12),
    )
    """Most cells are proved by the first two, within seconds (decision 4); what each of the others still proves of the
    hardest tables stands in decision 14."""

    middle_variables: int = 400_000
    """Variables beyond which no middle is solved for, for the sake of memory. 82,564 take 16 s (decision 25)."""

    refutation_rows: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({3: 300, 4: 2000}))
    """By the number of a round: before it, what is open is asked for proofs of exposure, in programmes of at most so
    many rows. Small programmes before long rounds, large ones after the first of them (decision 10)."""

    questions_at_once: int = 16
    """Cells that are asked for such a proof before progress is told. Not measured."""

    cells_all_asked: int = 150
    """Open cells up to which all are asked; of more, a sample first (decision 14). All of 196 in vain took 44 s."""

    cells_sampled: int = 64
    """Cells of that sample: where none of them is held, the others aren't asked (decision 14)."""


class PriceLevel(NamedTuple):
    """One level of the search for candidate secondaries. Hiding a shown cell costs `price` times its cost, in units of
    violation of the repair; only cells up to so many levels above the leaves, dimensions added up, may be hidden.
    """

    price: float
    highest: int
    effort: Effort


_ANY = 1_000  # more levels than there are


@dataclass(frozen=True)
class SuppressTuning:
    """The choice of the pattern."""

    level_cost: float = 0.2
    """Cost of hiding a count, beside 1, for each level above the leaves: national ones go last. Not measured."""

    level_cost_of_sums: float = 1.0
    """The same for a sum, which is hard to move by p% if large, and in linked tables. Not measured."""

    shared_cost: float = 40.0
    """How many times dearer a cell is that all linked tables have (decision 23)."""

    tie_cost: float = 0.001
    """Random part of every cost, at most: the secret decides between equals. Not measured."""

    implied_cost: float = 0.001
    """Cost of hiding an implied cell, which nobody reads. Not measured."""

    # Cutting planes (decision 8)

    changes_traced: int = 12
    """Changes of bounds remembered for each cell; what follows from more is left to the search. Not measured."""

    cut_rounds: int = 40
    """Rounds of cuts while the lower bound still grows. Not measured alone."""

    cut_rounds_greedy: int = 5
    """The same of linked tables, after which choices are greedy."""

    short_cut: int = 64
    """Figures of a cut of linked tables that is obeyed before others are looked for."""

    bound_growth: float = 5e-4
    """Growth of the lower bound, as a share, below which a round counts as still. Not measured."""

    still_rounds: int = 2
    """Still rounds in a row that end this. Not measured."""

    choices: int = 60
    """Choices near the last one before what is left is given to the search. On L the choice comes to rest in 21
    (decision 9)."""

    choices_of_sums: int = 12
    """The same for sums: there are many equals, and hiding candidates is quicker. Not measured alone."""

    restless_share: float = 0.1
    """New cuts of a choice for each hidden cell beyond which what is hidden stays so, if they are more than
    `restless_cuts` too. Not measured alone."""

    restless_cuts: int = 2_000
    """See `restless_share`. Not measured alone."""

    large_pattern: int = 20_000
    """Hidden cells beyond which no choice is taken back, since all would have to be searched again (decision 9)."""

    discount: float = 0.5
    """Share by which a cell of the last choice is cheaper in the next. Not measured alone."""

    discount_of_large: float = 0.8
    """The same beyond `large_pattern`. Not measured alone."""

    broken_at_choice: float = 1e-4
    """By how much the program's solution must break a cut against a lone suppression for it to be put in."""

    # Set-covering master (decision 8)

    cuts_all_in: int = 30_000
    """Cuts that are all put into the program. Of more, those that its solutions break: the largest took half a minute
    to solve and takes two seconds so (decision 8)."""

    master_work: int = 400_000
    """Simplex iterations times entries of the program, for each cell of the table, after which it is not solved any
    more: choices are greedy then, and what is hidden stays so. M, Mrare and L take 140,000 at most; of tables of five
    or more dimensions nearly every choice lays open all cells anew."""

    master_work_least: int = 1_000_000_000
    """The same in all, if that is more, some 8 s: S of seed 102 takes 0.7 of it. With twice as much a table of seven
    dimensions takes minutes, and hardly less is hidden."""

    cuts_filtered: int = 100_000
    """Cuts beyond which new ones are taken in only if the program's solution breaks them. Not measured alone."""

    dive_share: float = 0.2
    """Share of the cells between shown and hidden that are fixed as hidden at a time. A twentieth gave 135.8
    secondaries on S and half 138.6, where a fifth gives 137.4 (docs/explanation/performance.md)."""

    rounding_discount: float = 0.9
    """Share by which a cell that the program hides wholly is cheaper in rounding. Not measured."""

    integrality: float = 1e-6
    """Distance from a whole number below which a value of the program is one."""

    violation: float = 1e-6
    """By which the program's solution may break a cut that is not in it."""

    # Whole-number master (decision 17)

    whole_number_cells: int = 400
    """Published cells up to which the cheapest pattern is looked for in whole numbers. On S (1,008 cells) no end was
    seen after twelve rounds of up to 12 s."""

    whole_number_rounds: int = 80
    """Patterns that are looked at. Not measured alone."""

    whole_number_nodes: int = 15
    """Nodes of each branch and bound. Not measured alone."""

    whole_number_gap: float = 0.15
    """Gap to the bound, in units of cost, at which a pattern is cheapest: below what a level costs more."""

    whole_number_iterations: int = 60_000
    """Simplex iterations for one table in all."""

    bounded_cells: int = 2_000
    """Published cells up to which the bound is in whole numbers. On S it is 3 to 7 % higher so, in 0.03 to 0.7 s."""

    bound_nodes: int = 300
    """Nodes of each branch and bound for the least cost and number of a table of so few cells that its cheapest pattern
    is looked for in whole numbers too. With 15, 94 of 100 random tables are proved to be at the optimum, with 60 and
    300 96, for up to 3 s more where the last cut leaves a gap (`benchmarks/small.py`)."""

    bound_gap: float = 0.01
    """Gap of that bound to the best pattern, as a share, at which it is good enough."""

    # The search from the true table, and certificates (decision 9)

    quick: tuple[Effort, ...] = (
        Effort(steps=400, stall=100, tries=1, units=0),
        Effort(steps=2_000, stall=400, tries=2, units=0),
    )
    """Efforts of the first rounds from the true table, where almost every cell moves at once (decision 4)."""

    long: tuple[Effort, ...] = (
        Effort(steps=400, stall=100, tries=1, units=0),
        Effort(steps=5_000, stall=1_000, tries=1, units=0),
        Effort(steps=20_000, stall=4_000, tries=1, units=0),
        Effort(steps=50_000, stall=10_000, tries=2, units=0),
    )
    """Efforts for a large pattern of exact figures: to ask of each what holds it takes longer (decision 10)."""

    slow: Effort = field(default=Effort(steps=6_000, stall=1_500, tries=2, units=12))
    """Effort for what is not found quickly. Without it 141.2 secondaries on S, with one three times as long 137.4, as
    with this one (docs/explanation/performance.md)."""

    certificate_rounds: int = 40
    """Times that certificates are looked for. On S two give the same loss as all (docs/explanation/performance.md)."""

    certificate_rounds_free: int = 12
    """Of them, of counts, before nothing that is hidden is shown again. With 3, S of seed 102 hid 190 to protect
    others, with 12 it hides 170; the other seeds of `benchmarks/small.py` change little."""

    certificate_rounds_of_sums: int = 3
    """All of them, of a sum. Without a limit sums took minutes."""

    certificate_work: int = 1_000_000
    """Simplex iterations times entries of programs for each cell, after which nothing is asked any more and few
    unproved cells are many. S of seed 102 takes 52,000, S itself 8,000."""

    certificate_work_least: int = 1_000_000_000
    """The same in all, if that is more: some 10 s. 729 cells in six dimensions: no end in 130 CPU seconds, now 22."""

    certificate_rows: int = 1_200
    """Rows of one program where a pattern is large: most that need more find nothing out (decision 10)."""

    splits: int = 4
    """Times that contributors are parted for whom together no table was found (decision 12; number not measured)."""

    # Candidate secondaries

    price_levels: tuple[PriceLevel, ...] = (
        PriceLevel(40.0, 3, Effort(steps=400, stall=100, tries=8, units=0)),
        PriceLevel(40.0, 1, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(40.0, 2, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(40.0, _ANY, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(40.0, _ANY, Effort(steps=10_000, stall=2_500, tries=8, units=0)),
        PriceLevel(25.0, _ANY, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
        PriceLevel(15.0, _ANY, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
        PriceLevel(8.0, _ANY, Effort(steps=4_000, stall=800, tries=8, units=0)),
        PriceLevel(4.0, _ANY, Effort(steps=4_000, stall=800, tries=8, units=0)),
        PriceLevel(2.0, _ANY, Effort(steps=4_000, stall=800, tries=10, units=0)),
        PriceLevel(0.5, _ANY, Effort(steps=8_000, stall=2_000, tries=12, units=0)),
    )
    """Levels for counts, in the order in which they are tried. Not measured one by one."""

    price_levels_of_sums: tuple[PriceLevel, ...] = (
        PriceLevel(40.0, 0, Effort(steps=400, stall=100, tries=8, units=0)),
        PriceLevel(40.0, 1, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(8.0, 1, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(40.0, 2, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(8.0, 2, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(2.0, 2, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(40.0, 3, Effort(steps=2_000, stall=500, tries=8, units=0)),
        PriceLevel(8.0, 3, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(2.0, 3, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(8.0, _ANY, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(0.5, _ANY, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
        PriceLevel(0.1, _ANY, Effort(steps=40_000, stall=10_000, tries=16, units=0)),
    )
    """Levels for sums. Not measured one by one."""

    candidates_at_once: int = 400
    """Unproved cells for which candidates are hidden between two looks at what is proved. Not measured."""

    block_of_candidates: int = 32
    """Cells of linked tables for which one thread hides candidates before others are told. Not measured alone."""

    blocks_in_a_wave: int = 4
    """Such blocks that know nothing of each other. Not measured alone."""

    companions: int = 8
    """Cells tried as the one that is small instead of a raised one. Not measured."""

    hidden_price: float = 0.01
    """Share of its price that a candidate costs while another is done without. Not measured."""

    line_mate_rounds: int = 6
    """Times that line-mates are hidden of counts for which nothing else helps. Not measured."""

    most_sums_factor: float = 1.2
    """Times as many hidden sums as bounds ask for, beyond which another draw of ties is better. Not measured."""

    most_sums_beside: int = 10
    """Sums beside that factor. Not measured."""

    cleanup: Effort = field(default=Effort(steps=300, stall=60, tries=2, units=0))
    """Effort for another witness that leaves a redundant suppression as it is shown. Not measured."""

    # Many unproved cells (decision 13)

    many_unproved: int = 1_000
    """Unproved cells from which on they may be many: to ask of each whether it is held takes too long then."""

    many_share: float = 0.1
    """Share of the cells to be proved that makes them many."""

    many_share_early: float = 0.5
    """The same after two efforts: greater ones then come after the first candidates. With a tenth L lost 787 cells."""

    stop_share: float = 0.92
    """Share of many cells that an effort leaves unproved, from which on greater ones are not made."""

    share_worth_it: float = 0.03
    """Share of the open cells of linked tables that another table must prove, to look for the next one. Many are held
    there, and the greater part of the time went to those."""

    look_from_middle: int = 2
    """Which look at linked tables begins in the middle. Of the first pattern it proves no more (decision 25)."""

    very_many: int = 10_000
    """Unproved cells for which no more than two efforts are made."""

    sample_share: float = 0.1
    """Share of the unproved cells for which candidates are hidden between two looks. Fifths hide 6,240 for 5,913."""

    sample_share_of_very_many: float = 0.2
    """The same as long as they are very many: 31 minutes for 48, and 40,104 secondaries for 38,672."""

    sample_least: int = 200
    """Cells of a sample at least; of fewer, certificates and single candidates take over. Not measured."""

    freed_share: float = 0.5
    """Cells that must be freed for each of a sample; with fewer the price falls. Not measured alone."""

    price_levels_of_many: tuple[PriceLevel, ...] = (
        PriceLevel(8.0, _ANY, Effort(steps=2_000, stall=500, tries=4, units=0)),
        PriceLevel(4.0, _ANY, Effort(steps=2_000, stall=500, tries=4, units=0)),
        PriceLevel(2.0, _ANY, Effort(steps=2_000, stall=500, tries=4, units=0)),
        PriceLevel(0.5, _ANY, Effort(steps=8_000, stall=2_000, tries=12, units=0)),
    )
    """Levels for samples: at 8 most find their candidates at once."""

    # Until the audit agrees

    audits: int = 8
    """Audits of a widened pattern, before what is left stays unproved. Not measured."""

    draws_of_sums: int = 12
    """Draws of the ties for a pattern of a sum in which every cell is wide enough. Not measured."""

    good_draws_of_sums: int = 2
    """Such patterns of which the cheapest is taken: much depends on the draw (decision 12). Not measured."""


@dataclass(frozen=True)
class FarkasTuning:
    """Linear programs that ask what holds a cell (decision 9)."""

    questions_at_once: int = 16
    """Cells asked about side by side, and the most threads. Not measured."""

    row_rounds: int = 60
    """Rounds of putting in rows that the solution breaks. Not measured."""

    most_rows: int = 2_000
    """Rows of one program; what needs more is not found out. Not measured alone; see `certificate_rows`."""

    violation: float = 1e-6
    """By how much a solution may break a row that is not in the program, and what counts as a change of a cell."""

    zero: float = 1e-6
    """Multiplier below which a row is not used."""

    integrality: float = 1e-4
    """Distance of a scaled multiplier from a whole number; what is read wrong fails the check in whole numbers."""

    largest_multiplier: int = 1_000_000
    """Multiplier up to which a ratio of small whole numbers is believed; products stay far from overflow."""


@dataclass(frozen=True)
class Tuning:
    """All of it."""

    constraints: ConstraintTuning = ConstraintTuning()
    repair: RepairTuning = RepairTuning()
    witness: WitnessTuning = WitnessTuning()
    audit: AuditTuning = field(default_factory=AuditTuning)
    suppress: SuppressTuning = SuppressTuning()
    farkas: FarkasTuning = FarkasTuning()


TUNING = Tuning()
