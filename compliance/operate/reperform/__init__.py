"""Re-performance: any verdict again from stored raw bytes, with the stored versions of collector, fact and check.

`verdict.py` does it for one verdict, `code.py` says whether the code of then is there unaltered, `trial.py` tries a changed check against
stored history. Nothing here writes, and nothing is asked of a vendor.
"""

from compliance.operate.reperform.verdict import Reperformed, Step, UnknownVerdict, reperform_verdict

__all__ = ["Reperformed", "Step", "UnknownVerdict", "reperform_verdict"]
