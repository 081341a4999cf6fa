"""Time stamps and cosignatures over checkpoints."""
