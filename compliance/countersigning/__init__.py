"""Countersigning: checkpoints are shown to a time-stamping authority (RFC 3161) and to witnesses (C2SP tlog-witness), if the operator names
any, and what they answer is kept beside the checkpoint once it verified.

It is a round of its own every minute: signing a checkpoint never waits for anybody outside. Whoever cannot be reached is asked again in the
next round, about the checkpoint that is the latest then: it covers all before it.
"""
