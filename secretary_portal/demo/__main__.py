"""`make demo`: everything the portal needs on one machine, until Ctrl-C. `--reset` starts over."""

import argparse
import sys
from pathlib import Path

from secretary_portal.demo import house
from secretary_portal.processes import Trouble

parser = argparse.ArgumentParser(description="Run the whole portal on this machine.")
parser.add_argument("--reset", action="store_true", help="throw the demo's data away")
parser.add_argument("--var", type=Path, default=house.Places().var, help="where everything is kept")
options = parser.parse_args()
places = house.Places(options.var.resolve())
try:
    sys.exit(house.reset(places) if options.reset else house.run(places))
except Trouble as trouble:
    print(f"\n{trouble}", flush=True)
    sys.exit(1)
