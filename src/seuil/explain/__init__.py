"""Why a published figure is exposed, from public facts alone: verdicts, bounds, the sums behind them, reports."""
