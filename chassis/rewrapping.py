"""After a master key was replaced: every data key is wrapped anew, beside the service's work."""

import threading

from chassis.errors import may_succeed_later
from chassis.logs import logger
from chassis.vault import Vault

_AGAIN_SECONDS = 5.0

_log = logger(__name__)


class Rewrapping:
    """Goes once through a service's data keys; the log tells how many it wrapped anew.

    While the database is away it waits and begins again. Two processes may do it side by side.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._ended = threading.Event()

    def run(self) -> None:
        """Return once all keys were looked at, or when stopped."""
        while not self._ended.is_set():
            try:
                told = self._vault.rewrap(self._ended.is_set)
            except Exception as error:
                if not may_succeed_later(error):
                    _log.error("keys_not_wrapped", exc_info=error)
                    return
                _log.warning("keys_wait_to_be_wrapped", exc_info=error)
                self._ended.wait(_AGAIN_SECONDS)
            else:
                # A stuck key is content that cannot be read: its master key left the ring early.
                tell = _log.error if told.stuck else _log.info
                tell("keys_wrapped_anew", count=told.anew, stuck=told.stuck)
                return

    def stop(self) -> None:
        """End `run` soon."""
        self._ended.set()
