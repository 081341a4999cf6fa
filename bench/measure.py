"""All measurements in one process, in an order in which none disturbs the next. Started by `bench`, with servers in the environment."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

import django

django.setup()

from bench import joins, log, memory, pages, recording  # noqa: E402 (Django must be set up before its models are imported)
from bench.figures import Figure  # noqa: E402

PARTS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "recording": recording.measure,
    "pages": pages.measure,
    "log": log.measure,
    "joins": joins.measure,
    "memory": memory.measure,  # asks for the organizations that `pages` made
}


def main() -> int:
    """Measure and print each figure as soon as it stands."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", default=[], choices=PARTS)
    options = parser.parse_args()
    began = time.perf_counter()
    figures: list[Figure] = []
    for part in options.only or PARTS:
        for figure in PARTS[part](options.quick):
            figures.append(figure)
            print(figure.line(), flush=True)
    missed = [figure for figure in figures if not figure.met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} goals reached in {time.perf_counter() - began:.0f} s")
    for figure in missed:
        print(f"missed: {figure.name}, {figure.value:.3g}{figure.unit} where {figure.how} {figure.goal:g}{figure.unit} is the goal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
