"""The command line: `python -m data …`. The commands are in `data/commands.py`."""

from __future__ import annotations

import gc
import sys

gc.set_threshold(50_000, 20, 20)  # a command imports much and ends soon: looking for garbage was a tenth of its time

from data.terminal import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
