"""Starts the program: `holdshort`, or `python -P -m holdshort`."""

from holdshort.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
