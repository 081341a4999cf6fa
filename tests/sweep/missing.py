"""`python -m tests.sweep.missing`: prints lines for addresses that are not in the table, with what everybody gets now.

They are observations, not decisions: read each before it goes into the table.
"""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import pytest
from tests.sweep.expected import EXPECTED
from tests.sweep.test_sweep import asked, everybody, observed

@pytest.mark.parametrize("line", sorted(set(asked()) - set(EXPECTED), key=lambda line: line.split()[::-1]))
def test_print(everybody, line, capsys):
    seen = observed(everybody, line)
    with capsys.disabled():
        print(f'\\n    {line!r}: {seen!r},', flush=True)
"""


def main() -> int:
    """Write the program beside this file, run it, remove it."""
    file = Path(__file__).with_name("test_print_missing.py")
    file.write_text(PROGRAM)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)], capture_output=True, text=True, check=False
        )
    finally:
        file.unlink()
    print("\n".join(line for line in done.stdout.splitlines() if line.startswith("    '")))
    print("\n".join(line for line in done.stdout.splitlines() if line.startswith("E  "))[:2000], file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
