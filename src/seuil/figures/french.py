"""Numbers as the fund's tables write them in French: `1 234,5`."""


def french(number: float, decimals: int) -> str:
    """A number with a comma and spaces between thousands. decimals: at least so many; what the number has is kept."""
    text = f"{number:,.{decimals}f}"
    if float(text.replace(",", "")) != number:  # more decimals than usual, where few would leave no digit
        text = f"{number:,.9f}".rstrip("0")
    return text.replace(",", " ").replace(".", ",")
