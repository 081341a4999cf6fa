"""The figures of the performance goals, measured in one run on servers of its own and printed as ratios: `python -m bench`."""
