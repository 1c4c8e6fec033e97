"""Everything a person reads is there in Dutch, French and English."""

import re

import pytest

from contracts.errors import STATUS
from contracts.faults import FAULTS
from contracts.reasons import Reason
from contracts.rpc.notifications import TASKS
from contracts.vocabulary import LANGUAGES, RELATIONS, STAGES
from gateway.texts import TEXTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_lacks_a_text(language: str) -> None:
    """A case worker must never read a code."""
    texts = TEXTS[language]

    assert set(texts["problems"]) == set(STATUS)
    assert set(texts["tasks"]) == set(TASKS)
    assert set(texts["validation_errors"]) == set(FAULTS)
    assert set(texts["stages"]) == set(STAGES)
    assert set(texts["relations"]) == set(RELATIONS)
    assert set(texts["reasons"]) == set(Reason)
    assert all(set(problem) == {"title", "detail"} for problem in texts["problems"].values())


@pytest.mark.parametrize("section", ["problems", "tasks", "reasons", "validation_errors"])
def test_no_text_was_left_in_another_language(section: str) -> None:
    """A translation that is a copy is none."""
    for code in TEXTS["nl"][section]:
        translations = {str(TEXTS[language][section][code]) for language in LANGUAGES}
        assert len(translations) == len(LANGUAGES), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_task_names_nobody_and_nothing_of_a_case(language: str) -> None:
    """It may be read over a shoulder."""
    for text in TEXTS[language]["tasks"].values():
        assert not re.search(r"dossier|case|victim|slachtoffer|dader|\{", text, re.IGNORECASE)
