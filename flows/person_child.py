"""The process of one person's run: ``person_child.py NUMBER PLAN``, run as a file, not imported.

It ends when its standard input does, at the death of whoever started it, however that came.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path


def main() -> None:
    """Run one line of a plan, and write what became of it beside the plan."""
    sys.path.append(str(Path(__file__).parents[1]))  # a checkout that is not installed
    os.umask(0o077)

    def end_with_parent() -> None:
        # Without the buffer's lock, which would keep the process from ending by itself.
        while os.read(0, 1):
            pass
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    from flows.cohort_plan import write_outcome
    from flows.person import perform_line

    number, plan = int(sys.argv[1]), Path(sys.argv[2])
    write_outcome(plan, number, perform_line(number, plan))


if __name__ == "__main__":
    main()
