"""What goes wrong with a command is told in two lines: what happened, and what to do."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from chassis.config import ConfigError
from deploy.local.trouble import Trouble


class Readable(TyperGroup):
    """A group of commands whose expected failures end with a sentence and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what is not expected stays a traceback."""
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            _tell(trouble)
        except ConfigError as error:
            _tell(Trouble(str(error), "set what is named; see .env.example"))
        raise typer.Exit(1)


def _tell(trouble: Trouble) -> None:
    print(trouble, file=sys.stderr)
