"""What a reader can write down of published figures: equations, bounds, what follows, and what is to be proved.

A chain of reductions leads from figures to a small system, and back from its tables to a proof about people (as in
cvxpy's `reductions`: each says what it accepts, applies and inverts):

| reduction | from | to | inverted by |
|---|---|---|---|
| `linked` | cells over all dimensions together | the cells of the linked tables | `Linking.expand` |
| `implied`, `bounds`, `external` | figures | an `AuditProblem`: rows, bounds, what is hidden | (the same cells) |
| `propagation` | bounds | tighter ones | (the same tables) |
| `system` | rows and bounds | free variables, by lines or by leaves | `System.members` |
| `aggregation` | a `System` | a smaller one | `System.members` |
| `problem.prepare` | an `AuditProblem` | a `PreparedProblem`: all of these in order | `AggregatedCells` |
"""
