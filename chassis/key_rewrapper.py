"""Key rotation: after a master key was replaced, rewraps every data key in the background."""

import threading

from chassis.errors import may_succeed_later
from chassis.logs import logger
from chassis.vault import Vault

_AGAIN_SECONDS = 5.0

_log = logger(__name__)


class KeyRewrapper:
    """Goes through a service's data keys once and logs how many it rewrapped.

    While the database is away it waits and starts again. Two processes may do it in parallel.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._ended = threading.Event()

    def run(self) -> None:
        """Return once all keys have been checked, or when stopped."""
        while not self._ended.is_set():
            try:
                counts = self._vault.rewrap(self._ended.is_set)
            except Exception as error:
                if not may_succeed_later(error):
                    _log.error("keys_not_wrapped", exc_info=error)
                    return
                _log.warning("keys_wait_to_be_wrapped", exc_info=error)
                self._ended.wait(_AGAIN_SECONDS)
            else:
                # A stuck key is content that cannot be read: its master key left the ring early.
                log = _log.error if counts.stuck else _log.info
                log("keys_wrapped_anew", count=counts.rewrapped, stuck=counts.stuck)
                return

    def stop(self) -> None:
        """End `run` soon."""
        self._ended.set()
