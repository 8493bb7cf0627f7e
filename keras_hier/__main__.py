"""`python -m keras_hier`: the command `keras-hier`."""

import sys

from keras_hier.cli import main

if __name__ == "__main__":
    sys.exit(main())
