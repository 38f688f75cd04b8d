"""What Baton costs, each figure against a named baseline of the same run. `make bench` prints ratios."""
