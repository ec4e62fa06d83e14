"""What the parser of options says, without the words of the library that it asks."""

import re

_WORDS = (
    (r"Value error, ", ""),
    (r"Input should be a valid integer\b.*", "expected a whole number"),
    (r"Input should be a valid number\b.*", "expected a number"),
    (r"Input should be a valid boolean\b.*", "expected yes or no"),
    (r"Input should be greater than or equal to (\S+)", r"expected \1 or more"),
    (r"Input should be less than or equal to (\S+)", r"expected at most \1"),
    (r"Input should be greater than (\S+)", r"expected more than \1"),
    (r"Input should be ", "expected "),
)


def in_plain_words(message: str) -> str:
    """A message of the parser as one of ours."""
    for words, plain in _WORDS:
        message = re.sub(words, plain, message)
    return message
