"""Start a service: `python -m chassis.run services.intake.service`."""

import os
import sys
import warnings

# nameko stands on eventlet; that its authors advise newcomers against it is no line for our logs.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402
import eventlet.debug  # noqa: E402

# Before anything else is imported: what was imported earlier would keep blocking sockets. The
# resolver of eventlet itself is left out, for it does not know every kind of name.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
eventlet.monkey_patch()
# The hub would print messages of errors, and those may hold what no log may hold.
eventlet.debug.hub_exceptions(False)

from chassis.serve import serve  # noqa: E402 (must follow the patch)

if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
