"""A stateful twin of Jira Cloud on loopback: the part of its REST API (version 3) and of Atlassian's OAuth that a collector uses.

It serves the demo and the tests. It is no copy of Jira; README.md says where its shapes come from and where it is stricter.
"""
