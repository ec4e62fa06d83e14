"""What may be shown: the cube, small cells, and suppress | audit | verify. Arrays in, arrays out, no files.

`suppress` chooses what to hide (confidential), `audit` proves it from public figures alone, `verify` checks the proof
by multiplication. The three don't import each other.
"""
