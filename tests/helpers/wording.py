"""How messages are worded."""

INSTRUCTIONS = ("add", "expected", "leave", "name", "rename", "right", "save", "say", "write")
"""First words of what is no name for what is expected, but an order, or the word itself again."""
