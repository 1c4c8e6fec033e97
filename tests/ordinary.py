"""The process that runs the tests stays an ordinary one, although it imports what services run on.

It is never monkey-patched. Even so eventlet, when imported, leaves its own sockets and locks in
modules of the standard library that it is the first to load, and its own copy of one on a package;
threads that meet them hang. So those modules are loaded first, and the copy is taken off again.
"""

import http.client
import http.server
import os
import sys


def keep() -> None:
    """Import eventlet and leave nothing of it in the standard library."""
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")  # its resolver copies many modules
    import eventlet.wsgi  # noqa: F401

    http.client = sys.modules["http.client"]
    http.server = sys.modules["http.server"]
