"""The command line: `python -m data …`. The commands are in `data/commands.py`."""

from __future__ import annotations

import sys

from data.terminal import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
