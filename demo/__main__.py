"""`make demo`: starts afresh eight months back, performs the story, ends at the present time."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from demo import tables
from demo.case_views import CaseView, view_case
from demo.story_player import StoryPlayer
from deploy.audit_verification import verify_local
from deploy.local.api_client import ApiClient, UnexpectedResponse, expect_success
from deploy.local.errors import ActionableError
from deploy.local.platform import POLICY, SAMPLE_STAFF, Platform
from deploy.local.progress import Progress
from deploy.local.run import local_platform, started
from deploy.local.sample_persons import SamplePerson, sample_persons

STORY_LENGTH = timedelta(days=243)
"""Eight months: long enough for an agreement to lapse and, later, for a follow-up."""

LAPSES_ON_DAY = 60
WIDTH = 146
"""Columns that the widest table needs; a narrower terminal wraps."""

VIEWERS = (
    *("opgroeien", "vertrouwenscentrum", "stad", "caw", "parket", "justitiehuis"),
    *("sociaal-huis", "politie", "ggz", "caw-kortrijk"),
)
LAPSED = ("caw-westhoek", "politie-westhoek", "parket-westhoek", "sociaal-huis-westhoek")


def main() -> int:
    """Run the demonstration; expected failures are printed without traceback."""
    console = Console(width=max(Console().width, WIDTH))
    progress = Progress()
    try:
        platform = local_platform()
        begin = datetime.now(UTC).replace(hour=8, minute=0, second=0) - STORY_LENGTH
        platform.policy_data = (POLICY / "data", _overlay(platform.state, begin))
        with started(platform, progress, fresh=True, offset=begin - datetime.now(UTC)):
            with progress.step("staff", "registering by what the sample persons are recognised"):
                platform.import_staff(SAMPLE_STAFF)
            _demonstrate(platform, begin, console)
    except (ActionableError, UnexpectedResponse) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _demonstrate(platform: Platform, begin: datetime, console: Console) -> None:
    people = sample_persons()
    client = ApiClient(platform.gateway_url, platform.token)
    viewers = [people[key] for key in VIEWERS]
    views: dict[str, list[CaseView]] = {}

    def look(stage: str, known: dict[str, str]) -> None:
        views[stage] = view_case(client, viewers, known["case"])

    console.rule("The story")
    player = StoryPlayer(
        client,
        people,
        begin,
        platform.clock.move_to,
        lambda day, person, text: tables.step_line(console, day, person, text),
        look,
    )
    known = player.play()
    platform.clock.set_offset(0.0)
    console.print("  today    everybody looks again\n", highlight=False)
    look("closed", known)
    lapsed = view_case(client, [people[key] for key in LAPSED], known["westhoek_case"])

    auditor = people["auditor"]
    entries = _ask(client, auditor, {"case": known["case"]})
    causes = _causes(client, auditor, entries)
    names = {person.id: person.name for person in people.values()}
    console.print(tables.timeline(entries, causes, names))
    console.print(tables.assessed(views["active"]))
    for stage, shown in views.items():
        console.print(tables.shown(shown, f"Who was shown what while the case was {stage}"))
    console.print(
        tables.shown(lapsed, f"The case of the agreement that lapsed on day {LAPSES_ON_DAY}")
    )
    recorded = entries + _ask(client, auditor, {"case": known["westhoek_case"]})
    console.print(tables.withheld(recorded, [*views["active"], *lapsed]))
    console.rule("The audit log, re-computed")
    if not verify_local(platform, console).is_intact:
        raise UnexpectedResponse("the audit log does not stand")
    _say_what_next(platform, console)


def _causes(
    client: ApiClient, auditor: SamplePerson, entries: Sequence[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Command id → the entry of its decision; a referral's has no case id, so a search by case
    does not find it.
    """
    causes: dict[str, dict[str, Any]] = {}
    for event in entries:
        if event["kind"] == "event" and event["command_id"] not in causes:
            found = _ask(client, auditor, {"command_id": event["command_id"], "kind": "action"})
            causes |= {decision["command_id"]: decision for decision in found}
    return causes


def _ask(client: ApiClient, auditor: SamplePerson, about: dict[str, Any]) -> list[dict[str, Any]]:
    """All entries of the record that match a search, in the order of the log, with detail."""
    entries: list[dict[str, Any]] = []
    question = {**about, "detail": True, "limit": 200}
    while True:
        answer = client.post(auditor.id, "/v1/audit/records/search", "audit", question)
        page = expect_success(answer, "the auditor searches the record")
        entries += page["entries"]
        if not page["next"]:
            return entries
        question["after"] = page["next"]


def _overlay(state: Path, begin: datetime) -> Path:
    """Policy data of this run: the sample agreement that lapses during the story."""
    folder = state / "story"
    (folder / "agreements").mkdir(parents=True, exist_ok=True)
    agreement = json.loads((POLICY / "data" / "agreements" / "sample-westhoek.json").read_text())
    agreement["valid_until"] = (begin + timedelta(days=LAPSES_ON_DAY)).isoformat()
    (folder / "agreements" / "sample-westhoek.json").write_text(json.dumps(agreement))
    return folder


def _say_what_next(platform: Platform, console: Console) -> None:
    url = platform.gateway_url
    console.rule("The platform stays up")
    for what, how in (
        ("API and its documentation", f"{url}/v1/docs"),
        ("the API as OpenAPI 3.1", f"{url}/v1/openapi.json"),
        ("health", f"{url}/readyz"),
        ("sample persons", "make people"),
        ("a token for one of them", "make token PERSON=parket"),
        ("logs", "make logs"),
        ("stop everything", "make down"),
    ):
        console.print(f"  {what:<28} {how}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
