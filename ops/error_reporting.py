"""Reports the expected failures of a command in two lines: the problem and the remedy."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from chassis.config import ConfigError
from deploy.local.errors import ActionableError


class ErrorReportingGroup(TyperGroup):
    """A group of commands whose expected failures end with a sentence and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what is not expected stays a traceback."""
        try:
            return super().invoke(ctx)
        except ActionableError as error:
            print(error, file=sys.stderr)
        except ConfigError as error:
            remedy = "set what is named; see .env.example"
            print(ActionableError(str(error), remedy), file=sys.stderr)
        raise typer.Exit(1)
