"""The content of the fragments that a decision released, by fragment id."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, ValidationError

from chassis.errors import Refuse, Retry
from contracts.rpc.intake import OpenWhereaboutsReply
from gateway.release.bus import Bus
from gateway.release.case_facts import WHEREABOUTS
from gateway.release.policy import DecidedCase
from gateway.request_context import RequestContext

Contents = Mapping[str, Mapping[str, Any]]


class ContentFetcher:
    """Brings the content of a recorded release together."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def fetch_content(self, context: RequestContext, decided: DecidedCase) -> Contents:
        """The released content, with the whereabouts, which intake opens by id and only now.

        A fragment whose content is gone by now (recalled in between) is left out. Raises
        Refuse("content_destroyed") when something was released whose key was destroyed, and
        Retry("service_unavailable") when intake's reply is malformed.
        """
        if decided.case.destroyed and _released(decided):
            raise Refuse("content_destroyed")
        contents = fetched_content(decided)
        wanted = [
            each["id"]
            for each in _released(decided)
            if _kept_apart(each) and decided.decision.grants[each["id"]].level == "full"
        ]
        if not wanted:
            return contents
        request = {
            "case": decided.case.id,
            "fragments": wanted,
            "decision_id": context.decision_id,
        }
        [reply] = self._bus.read(context.budget, ("intake", "open_whereabouts", request))
        try:
            opened = OpenWhereaboutsReply(unknown=EXCLUDE).load(reply)["contents"]
        except ValidationError as error:
            raise Retry("service_unavailable") from error
        return {**contents, **{each: opened[each] for each in wanted if each in opened}}


def fetched_content(decided: DecidedCase) -> dict[str, Mapping[str, Any]]:
    """The released content that came with the facts: all but whereabouts, none that was destroyed.

    What was recalled is empty: only its source is shown that it was.
    """
    if decided.case.destroyed:
        return {}
    return {
        each["id"]: {} if each["status"] == "recalled" else each["content"] or {}
        for each in _released(decided)
        if not _kept_apart(each)
    }


def _released(decided: DecidedCase) -> list[Mapping[str, Any]]:
    grants = decided.decision.grants
    return [each for each in decided.case.fragments if grants[each["id"]].level != "none"]


def _kept_apart(fragment: Mapping[str, Any]) -> bool:
    return bool(fragment["kind"] == WHEREABOUTS and fragment["status"] != "recalled")
