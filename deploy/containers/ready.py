"""Asks the process of this container whether it is ready; the exit status is the answer."""

import os
import sys
import urllib.error
import urllib.request

port = os.environ.get("KETENAANPAK_HEALTH_PORT") or os.environ["KETENAANPAK_PORT"]
try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
        sys.exit(answer.status != 200)
except (urllib.error.URLError, OSError):
    sys.exit(1)
