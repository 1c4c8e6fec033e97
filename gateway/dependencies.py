"""What one gateway process is made of."""

from dataclasses import dataclass

from flask import Flask, current_app

from chassis.clock import Clock
from gateway.http.authentication import Authenticator
from gateway.release.bus import Bus
from gateway.release.commands import Commands
from gateway.release.pipeline import Releases
from gateway.release.policy import Policy

_EXTENSION = "ketenaanpak"


@dataclass(frozen=True)
class Dependencies:
    """What views and pipelines share; made once for a process."""

    clock: Clock
    authenticator: Authenticator
    bus: Bus
    policy: Policy
    releases: Releases
    commands: Commands

    def install(self, app: Flask) -> None:
        """Makes them those of `app`."""
        app.extensions[_EXTENSION] = self


def dependencies() -> Dependencies:
    """Those of the application that answers the request."""
    found: Dependencies = current_app.extensions[_EXTENSION]
    return found
