"""The two tables that a release's proof holds for a hidden figure, cut down to what a reader can add up.

Read from the files of the release as they are documented (docs/reference/released-table.md), by code of its own: the
portal may not import what protects or proves (docs/decisions/0018-witnesses-in-the-portal.md).
"""
