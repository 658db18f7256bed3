"""secantusd-py with the lifetime of an abandoned transaction from $TRANSACTION_LIFETIME, for which it has no flag."""

import os
import sys

from secantus.cli import main
from secantus.server import SecantusDBServer

SecantusDBServer.__init__.__kwdefaults__["transaction_lifetime_seconds"] = float(os.environ["TRANSACTION_LIFETIME"])
sys.exit(main())
