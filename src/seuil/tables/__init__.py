"""Tables given by hand: a frame or a CSV file of counts in, a protected one out; and the audit of any published table.

The same model and the same guarantee as for the fund's datasets, without workspace, release or portal. Frames are those
of pandas, Polars or PyArrow (through narwhals). `api` has what `seuil` hands out; nothing is imported here, so that a
command loads what it needs and no more.
"""
