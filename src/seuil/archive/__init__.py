"""A release on disk, for whoever reads it: where its files lie, opening it, verifying it. Public side.

An archive is a TUF repository in a folder (https://theupdateframework.github.io/specification/latest/), with consistent
snapshots. This package is its client: it never writes in the archive.
"""
