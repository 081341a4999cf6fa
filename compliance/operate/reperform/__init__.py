"""Re-performance: any verdict again from stored raw bytes, with the stored versions of collector, fact and check.

`verdict.py` does it for one verdict, `code.py` says whether the code of then is there unaltered, `trial.py` tries a changed check against
stored history, `asking.py` is for pages, which load none of it, `answering.py` for the worker. Nothing here writes, and nothing is asked of a vendor.
"""
