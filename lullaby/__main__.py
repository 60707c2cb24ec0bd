"""`python -m lullaby` is `lullaby`."""

import sys

from lullaby.cli import main

if __name__ == "__main__":
    sys.exit(main())
