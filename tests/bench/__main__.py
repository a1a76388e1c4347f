"""`python -m tests.bench [name…] [--docs]`: measure, print a table, and with --docs put the figures into docs/bench.md."""

import argparse
import sys

from tests.bench import benches
from tests.bench.figures import WHOLE
from tests.bench.table import as_lines, clear_up_when_stopped, keep_in_docs, machine


def main() -> None:
    clear_up_when_stopped()
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("names", nargs="*", metavar="name", help=f"which of: {' '.join(benches.BENCHES)} (all)")
    reader.add_argument("--docs", action="store_true", help="put the figures into docs/bench.md")
    asked = reader.parse_args()
    if unknown := set(asked.names) - set(benches.BENCHES):
        sys.exit(f"There is no bench named {' '.join(sorted(unknown))}. There are: {' '.join(benches.BENCHES)}")
    missed = 0
    print(machine())
    for name in asked.names or benches.BENCHES:
        print(f"\n{name}", flush=True)
        figures = benches.BENCHES[name](WHOLE)
        for line in as_lines(figures):
            print(f"  {line}", flush=True)
        if asked.docs:
            keep_in_docs(name, figures)
        missed += sum(figure.verdict == "MISSED" for figure in figures)
    print(f"\n{missed} missed their aim." if missed else "\nEvery aim is met.")


if __name__ == "__main__":
    main()
