"""The transition table as a page of `docs/`."""

from collections.abc import Iterator

from services.intake.domain.transitions import TABLE

_HEAD = """\
# The life of a case

Made from the table in `services/intake/domain/transitions.py` by `ketenaanpak docs`. No other
transitions exist. A command that does not lead on from the present stage is refused with the reason
and the commands that do (`illegal_transition`), and changes nothing. Where a command rests on a
document of risk or plans, it names that document, and intake fetches it from its owner.

| from | to | command | who | what must be true | rests on | event | step |
|---|---|---|---|---|---|---|---|
"""


def render() -> str:
    """The page, in Markdown."""
    return _HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    for row in TABLE:
        cells = (
            ", ".join(row.sources) or "–",
            " / ".join(row.targets),
            f"`{row.command}`",
            row.who,
            row.must,
            f"`{row.outcome}`" if row.outcome else "–",
            f"`{row.event}`",
            str(row.step),
        )
        yield f"| {' | '.join(cells)} |"
