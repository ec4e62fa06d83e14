"""What there is: the cells of a dataset and period, their true counts, the primary rules, and published figures."""
