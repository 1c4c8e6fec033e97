"""The `ketenaanpak` command, for the people who run the platform."""

import typer

from ops import audit_verify, broker, doctor, migrate, pages, parked, people, staff
from ops.error_reporting import ErrorReportingGroup

app = typer.Typer(
    cls=ErrorReportingGroup,
    no_args_is_help=True,
    add_completion=False,
    help="Run the platform: what is wrong, what waits for a person, whether the record stands.",
)
app.add_typer(audit_verify.app, name="audit")
app.add_typer(parked.app, name="parked")
app.add_typer(broker.app, name="topology")
app.add_typer(migrate.app, name="migrate")
app.add_typer(staff.app, name="staff")
app.command("doctor")(doctor.doctor)
app.command("people")(people.people)
app.command("token")(people.token)
app.command("docs")(pages.docs)

if __name__ == "__main__":
    app()
