"""`python -m keras_hier`: the command `keras-hier`."""

import sys

from keras_hier.cli import main

sys.exit(main())
