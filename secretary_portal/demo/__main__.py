"""`make demo`: everything the portal needs on one machine, until Ctrl-C. `reset` as argument starts over."""

import sys

from secretary_portal.demo import house
from secretary_portal.processes import Trouble

try:
    sys.exit(house.reset() if sys.argv[1:] == ["reset"] else house.run())
except Trouble as trouble:
    print(f"\n{trouble}", flush=True)
    sys.exit(1)
