"""Libraries that others import where they find them, and that no command needs."""

import sys

LEFT_OUT = frozenset({"pandas", "coverage"})
"""Arrow imports pandas to see whether the first value that it is given is one of pandas', Numba a tool of tests."""


class _LeftOut:
    """A finder that comes before all others, and finds none of them."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        if fullname in LEFT_OUT:
            raise ModuleNotFoundError(f"{fullname} is not used by commands", name=fullname)


def leave_out_what_is_not_needed() -> None:
    """Let this process find none of them, as where they aren't installed. One that is loaded already stays.

    They cost half a second before the first row is read.
    """
    sys.meta_path.insert(0, _LeftOut())
