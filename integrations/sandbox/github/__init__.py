"""A stateful twin of GitHub on loopback: REST (version 2022-11-28) and the part of GraphQL that a collector reads.

It serves the demo and the tests. It is no copy of GitHub: what it answers is checked against GitHub's published descriptions,
and where it guesses, README.md says so.
"""
