"""What the benchmarks share: tables in memory, the steps measured, peers."""
