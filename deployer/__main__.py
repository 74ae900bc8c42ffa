"""`python -m deployer`: the command line."""

import sys

from deployer.cli.entry import entry

sys.exit(entry())
