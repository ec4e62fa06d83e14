"""What may be shown, and the proof of it. Arrays in, arrays out, no files. In this order:

 1. `cube`         lays out the cells and adds up the true counts; the threshold, and the rules for amounts, hide the
                   small ones (primary suppression)
 2. `constraints`  writes down what a reader can: lines and overlaps; bounds from rounding, threshold and what is known
                   from elsewhere; what is implied. Reductions make it small enough to be searched
 3. `suppress`     chooses what else to hide (confidential: it looks at the true table), in turns:
      cuts             hidden cells that bounds hold in too narrow a range, and the shown figures that do it
      cutting_plane    the cheapest cells that meet all cuts, by a set-covering `master`; bounds are looked at again
      `witness`        from the true table, another one for every hidden cell that differs enough at it
      `lp`             where none is found, a proof that there is none (Farkas), which is a cut too
      candidates       what is neither found nor refuted: the shown cells that had best be hidden as well
      cleanup          redundant suppressions are shown again; justification: every group keeps a small cell
      whole_number_master   of small tables, a cheaper pattern among all that obey the cuts; price: the proved bound
 4. `cube.publish` rounds, and leaves out what is hidden: from here on only public figures are looked at
 5. `audit`        proves it from these alone: `witness` makes up a base table and moves away from it, until every
                   hidden cell has two tables that differ enough; the rest is refuted by `lp`, or stays undecided
 6. `protect`      joins 3 to 5: more is hidden for what the audit can't prove, until all is proved
 7. `proof`        base table, moves, and of every hidden cell its two tables: what travels with the release
 8. `verify`       adds each of them up and compares; it lays out its own cells and shares only `proof` with the others

`suppress`, `audit` and `verify` know nothing of each other; `suppress`, and `protect` which calls it, see the truth.
docs/explanation/algorithm.md does it by hand on one 4 x 4 table; docs/explanation/guarantee.md says what is proved.

From outside: `protect.protect`, `audit.audit`, `verify.verify`, on `cube.figures.Figures` and `proof.Proof`. They are
not handed out here: three of these names are modules too, so what one got would depend on what was imported before.
"""
