"""The making of a release: keys, proposal, two signatures, publication. Confidential side.

    keys -> repository (once) -> propose -> sign (statistician) -> sign (checker) -> publish -> refresh_timestamp ...

An archive is a TUF repository in a folder (https://theupdateframework.github.io/specification/latest/). Whoever reads
one needs `seuil.archive` alone.
"""
