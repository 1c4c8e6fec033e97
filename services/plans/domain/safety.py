"""The safety check (veiligheidscheck) that every report, conclusion and follow-up holds."""

from dataclasses import replace

from casework.case import CaseSnapshot
from casework.command import Command
from casework.fragment import Fragment, of_the_table


def safety_check(case: CaseSnapshot, command: Command, of: Fragment) -> Fragment:
    """How safe it is at the moment of `of`, with which it goes."""
    content = {"of": of.id, **command.body["safety_check"]}
    check = of_the_table(command, "safety_check", case.persons, content)
    return replace(check, category="safety", of=of.id, place=1)
