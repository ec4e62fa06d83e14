"""Check the proofs of a release against its figures (docs/explanation/guarantee.md).

T is the threshold. A cell is *shown*, or *hidden*, or unpublished; *empty* cells hold nobody for a public reason.
*Implied* is, in exact publication, an unpublished cell or a difference between overlapping nodes that the published
figures fix by subtraction; it is *open* as long as a hidden figure stands in the way. Counts known exactly from
elsewhere are as good as shown there, and never implied. Rules, in the order in which they are checked:

 1. the figures can be what a release tells: arrays of the layout's shape; nothing in hidden or unpublished cells; every
    shown count a multiple of the rounding that at least T units (or nobody, where 0 may be shown) can give; empty cells
    shown as 0; no sum where its count is hidden or, other than 0, where nobody is counted; no implied difference that
    the shown figures fix below T; no figure that an earlier release hides;
 2. there is a proof of every base, well formed: whole numbers of a size that can't overflow, numbers of leaves and of
    tables that exist; every hidden and every open implied cell is listed once, and nothing else is (nor is what known
    figures alone hold in a range below T, if the definition accepts it as legacy or it isn't published);
 3. every table of a proof holds non-negative whole numbers in its leaves (2a);
 4. it gives every shown figure under the stated rounding (2b);
 5. it has at least T, or a shown 0, in every shown cell and in every implied cell that the shown figures fix; nobody in
    empty cells; somebody in hidden cells where zeros are shown (2c); everywhere what is known from elsewhere (2d);
 6. it obeys every overlap in every leaf (2d);
 7. at the level `justified`, every group of hidden and open implied cells holds a small one (2e), in every table that
    is named for a cell;
 8. the two tables that are named for a cell differ at it by at least T (guarantee, 2); for a sum, to which 7 and the
    thresholds of 5 don't apply, by at least its `width`;
 9. the outer bounds of hidden cells, where the release tells them, are of all of these and of no other; they leave out
    nothing that the figures leave open line by line, and no table of the proof is outside.

Only whole numbers are multiplied, added and compared here: nothing is solved, so nothing is trusted. Nor is any code of
`suppress`, `audit` or the layout that they work on: of the program, only the form of a proof and `model`, which reads
definitions and code lists, are shared with them.
"""

from collections.abc import Mapping

from seuil.disclosure.proof import OuterBounds, Proof
from seuil.disclosure.verify.bounds import count_base, sum_base
from seuil.disclosure.verify.cells import lay_out
from seuil.disclosure.verify.fault import Fault
from seuil.disclosure.verify.figures import figure_faults
from seuil.disclosure.verify.form import form_faults
from seuil.disclosure.verify.inputs import Figures
from seuil.disclosure.verify.outer import outer_faults, within
from seuil.disclosure.verify.tables import table_faults

__all__ = ["Fault", "verify"]


def verify(
    figures: Figures, proofs: Mapping[str, Proof], bounds: Mapping[str, OuterBounds] | None = None
) -> tuple[Fault, ...]:
    """Whatever is wrong with the figures or with a proof of theirs; empty if the guarantee is proved.

    figures: of their grid only dataset and period are used; the cells are laid out anew (`cells`).
    proofs: one per base, `count` and the name of every sum. bounds: the outer bounds that the release tells, one per
    base; where it tells none they aren't looked for. Of each rule and base the first cells are named, and how
    many there are. Figures or proofs that are not well formed are not looked into further.
    """
    names = ("count", *figures.sums)
    layouts = {name: lay_out(figures.grid.dataset, figures.grid.period, name) for name in names}
    faults = figure_faults(layouts, figures)
    if faults:
        return tuple(faults)
    faults += [Fault(2, name, "", "there is no proof") for name in names if name not in proofs]
    faults += [Fault(2, name, "", "a proof of nothing that is published") for name in proofs if name not in names]
    for name in names:
        if name in proofs:
            layout = layouts[name]
            base = count_base(layout, figures) if name == "count" else sum_base(layout, figures, name)
            if bounds is not None:
                found = outer_faults(base, bounds[name])
                faults += found
                base = base if found else within(base, bounds[name])
            faults += form_faults(base, proofs[name]) or table_faults(base, proofs[name])
    return tuple(faults)
