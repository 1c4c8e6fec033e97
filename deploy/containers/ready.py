"""The health check of a container: exit status 0 when its process is ready."""

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
