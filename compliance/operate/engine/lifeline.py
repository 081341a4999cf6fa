"""Ties a child's life to its parent's, so that a killed parent leaves no orphan behind.

Linux only (``prctl(2)``, PR_SET_PDEATHSIG); elsewhere the next start ends what is left (``leftovers``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def tied_to_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A ``preexec_fn`` after which the kernel sends ``death_signal`` to the child when the creating thread ends.

    ``subprocess`` runs it after the change of user, which would clear the setting. None where the system cannot do it.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the line above
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
