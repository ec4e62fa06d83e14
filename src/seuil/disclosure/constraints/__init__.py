"""What a reader can write down of published figures: equations, bounds, what follows, and what is to be proved."""
