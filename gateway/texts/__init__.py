"""What a case worker reads, in Dutch, French and English: one file per language."""

import json
from pathlib import Path
from typing import Any, Final

from contracts.vocabulary import LANGUAGES

_FOLDER = Path(__file__).parent

TEXTS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    language: json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
"""Language → section (`problems`, `reasons`, `tasks`, `stages`, `relations`, `validation_errors`) →
code."""


def problem(language: str, code: str) -> dict[str, str]:
    """The title and the detail of a problem."""
    found: dict[str, str] = TEXTS[language]["problems"][code]
    return found


def reason(language: str, code: str) -> str | None:
    """Why something is not allowed, in a sentence; None for a code without one."""
    return TEXTS[language]["reasons"].get(code)


def validation_error(language: str, kind: str) -> str:
    """What is wrong with a value that was filled in."""
    found: str = TEXTS[language]["validation_errors"][kind]
    return found


def task(language: str, code: str) -> str:
    """What a message of the inbox says: that something waits, never what."""
    found: str = TEXTS[language]["tasks"][code]
    return found
