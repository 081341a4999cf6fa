"""Canonical bytes, digests, Merkle log, signed notes and proofs: plain Python that knows nothing of Django or of the database."""
