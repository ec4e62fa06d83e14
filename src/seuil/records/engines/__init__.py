"""Where records are counted: one Ibis expression, three databases that run it, the same leaves to the bit.

- `engine`: what counting asks of a database, whichever it is;
- `embedded` (DuckDB, the default: files, in this process), `spark` (files, on a cluster), `postgresql` (tables);
- `profiles`: how a person says which one, and with which settings; `connected` opens it;
- `dialect`: the few words that Ibis doesn't say alike for all of them.
"""
