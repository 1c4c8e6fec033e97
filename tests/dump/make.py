"""Makes the dump of this folder: a small story told to commit a1bc11a, and what that stored of it.

    git worktree add /tmp/a1bc11a a1bc11a && make -C /tmp/a1bc11a ready
    cd /tmp/a1bc11a && PYTHONPATH=. .venv/bin/python <this file> <this folder>/a1bc11a

It runs on that commit, whose modules it imports, and starts a platform of its own on free ports.
All persons, texts and keys are made up. Ids and keys are random, so that each dump differs from
the one before; `story.json` says which case is which.
"""

import io
import json
import sys
import tarfile
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
from pymongo import MongoClient

from chassis.sealing import decode_key, keyed_hash
from demo.calls import Caller
from deploy.local.platform import POLICY, Platform
from deploy.local.run import running_platform
from deploy.local.settings import SERVICES
from tests import builders
from tests.e2e.table import SEATS, Case, Table
from tests.waiting import wait_until

LENGTH = timedelta(days=230)
"""The story begins so long before the moment at which it is dumped."""

SEATED = SEATS["sample-kortrijk"]
REFERS = "caw-kortrijk"
OFFICER = "85.06.14-123.23"
"""The national number of an officer who is in the client system of one of the cases."""

KEYS = ("matching-key", "audit-signing-key.pem")


class Story:
    """Tells the story; `cases` are the ids of its cases by name."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clock = platform.clock
        self.table = Table(Caller(platform.gateway_url, platform.token), self.clock.now)
        self.cases: dict[str, str] = {}
        self.persons: dict[str, dict[str, str]] = {}
        builders.TODAY = lambda: self.clock.now().date()

    def tell(self) -> None:
        """Eight months of a table: cases in every stage."""
        closing = self._named("closed", self.table.concluded(REFERS, **_family("1")))
        concluded = self._named("concluded", self.table.active(REFERS, **_family("2")))
        self._carry_out(concluded, {"state": "done"})
        self._withdrawn_and_declined()
        self._later(days=188)
        self._close(closing)
        self._conclude(concluded)
        active = self._named("active", self.table.active(REFERS, **_family("3")))
        self._carry_out(active, {"state": "not_possible", "reason": "een wachtlijst"})
        self._named("accepted", self.table.directed(REFERS, **_family("4"))[0])
        self._named("accepted_early", self.table.accepted(REFERS, **_family("5"))[0])
        self._waiting()
        self._weighing()
        self._later(days=14)
        self._forming()
        self._referred()
        self._destroyed()

    def _named(self, name: str, case: Case) -> Case:
        self.cases[name] = case.id
        self.persons[name] = case.ids
        return case

    def _later(self, days: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(days=days))

    def _carry_out(self, case: Case, became: dict[str, Any]) -> None:
        """What became of an action, a contact, a trajectory and a report."""
        table, everybody = self.table, {"subjects": case.persons}
        shown = table.expect(table.get(REFERS, f"{case.path}/plans"))["plans"]
        action = next(
            each
            for each in shown
            if each["kind"] == "action" and each["content"]["follower"] == "caw-kortrijk"
        )
        path = f"{case.path}/actions/{action['id']}"
        table.expect(table.put(REFERS, path, became, if_match=1))
        said = {"text": "wat er gezegd werd", "summary": "kort: wat er gezegd werd"}
        contact = {"party": "client", "on": builders.TODAY().isoformat(), **said, **everybody}
        help_goes_on = {"kind": "help", "state": "running", "service": "Een dienst", **said}
        report = {**said, "safety_check": builders.safety_check("unknown")}
        for part, body in (
            ("contact-log", contact),
            ("trajectories", {**help_goes_on, **everybody}),
            ("reports", report),
        ):
            table.expect(table.post(SEATED.director, f"{case.path}/{part}", body))

    def _conclude(self, case: Case) -> None:
        path = f"{case.path}/conclusions"
        drawn = self.table.expect(self.table.post(SEATED.director, path, builders.conclusion()))
        self.table.expect(self.table.step(SEATED.chair, case, "conclude", outcome=drawn["id"]))

    def _close(self, case: Case) -> None:
        path = f"{case.path}/follow-ups"
        followed = self.table.expect(self.table.post(SEATED.director, path, builders.follow_up()))
        self.table.expect(self.table.step(SEATED.chair, case, "close", outcome=followed["id"]))

    def _withdrawn_and_declined(self) -> None:
        table = self.table
        withdrawn = self._named("withdrawn", table.refer(REFERS, **_family("6")))
        ground = "situation_changed"
        table.expect(table.step(REFERS, withdrawn, "withdraw", ground=ground))
        declined = self._named("declined", table.weighing(REFERS, **_family("7")))
        weighing = table.weigh(declined, "not_grave_enough")
        advice = {"text": "wat nu helpt", "summary": "kort: wat nu helpt"}
        table.expect(table.post(SEATED.chair, f"{declined.path}/advice", advice))
        members = {"ground": "not_grave_enough", "outcome": weighing}
        table.expect(table.step(SEATED.chair, declined, "decline", **members))

    def _waiting(self) -> None:
        """Every place is taken."""
        waits = self._named("waiting", self.table.weighing(REFERS, **_family("8")))
        weighing = self.table.weigh(waits)
        done = self.table.expect(self.table.step(SEATED.chair, waits, "accept", outcome=weighing))
        assert done["stage"] == "waiting", done

    def _weighing(self) -> None:
        """A weighing that is open, with one position and an assessment."""
        table = self.table
        case = self._named("weighing", table.weighing(REFERS, **_family("9")))
        filled = builders.assessment("odara", case.ids["a"])
        table.expect(table.post(REFERS, f"{case.path}/assessments", filled))
        weighing = table.expect(table.post(SEATED.chair, f"{case.path}/weighings", {}))["id"]
        path = f"{case.path}/weighings/{weighing}/positions"
        table.expect(table.post(REFERS, path, {"position": "accept"}))

    def _forming(self) -> None:
        """Items, of which one is corrected and one recalled, questions, whereabouts, a crisis."""
        table = self.table
        session = table.session("coordination")
        changes = _family("10", whereabouts=[builders.whereabouts("a", "parket")])
        case = self._named("forming", table.take_on(table.refer("caw", **changes), session))
        item = table.offer("politie", case, "safety", text="een feit met een fout")
        corrected = builders.item("safety", case.ids["a"], text="een feit")
        del corrected["category"]
        table.expect(table.put("politie", f"{case.path}/items/{item}", corrected, if_match=1))
        recalled = table.offer("ggz", case, "safety", text="iets dat teruggenomen werd")
        table.expect(table.post("ggz", f"{case.path}/items/{recalled}/recall", {}, if_match=1))
        table.offer("parket", case, "judicial", only_for=["lokale-politie"])
        question = builders.request("parket", case.ids["a"])
        table.expect(table.post("politie", f"{case.path}/requests", question))
        other = builders.request("justitiehuis", case.ids["a"])
        asked = table.expect(table.post("politie", f"{case.path}/requests", other))["id"]
        path = f"{case.path}/requests/{asked}/answer"
        nothing = {"outcome": "nothing_known"}
        table.expect(table.post("justitiehuis", path, nothing, if_match=1))
        table.expect(table.post("ggz", f"{case.path}/answers", {"answer": "nothing_known"}))
        danger = {"text": "acuut gevaar", "summary": "gevaar", "subjects": [case.ids["a"]]}
        table.expect(table.post("politie", f"{case.path}/crisis", danger))
        interest = {"interest": "kin"}
        table.expect(table.post("politie-kin", f"{case.path}/conflicts", interest))
        self._named("agenda", table.refer("caw", **_family("11", date_of_a="1990-02-28")))
        later = table.session("coordination", self.clock.now() + timedelta(days=6))
        agenda = {"case": self.cases["agenda"], "referrer_attends": True}
        path = f"/v1/sessions/{later}/agenda"
        table.expect(table.post("coordination", path, agenda, "coordination"))

    def _referred(self) -> None:
        """Emergency access, a member of the police in the client system, and the same man again."""
        table = self.table
        officer = _family("12")
        officer["persons"][1]["national_number"] = _digits(OFFICER)
        self._named("walled", table.refer("caw", **officer))
        again = _family("13")
        again["persons"][1]["national_number"] = _digits("80.03.05-417.67")
        self._named("referred", table.refer("caw", **again))
        more = _family("14", date_of_a="1979-12-01")
        more["persons"][1]["national_number"] = _digits("80.03.05-417.67")
        case = self._named("referred_again", table.refer("caw", **more))
        ground = {"ground": "melding van bedreiging, nu"}
        table.expect(table.post("ggz", f"{case.path}/emergencies", ground, "acute_danger"))

    def _destroyed(self) -> None:
        """A case of which every service destroyed the keys."""
        case = self._named("destroyed", self.table.weighing(REFERS, **_family("15")))
        filled = builders.assessment("odara", case.ids["a"])
        self.table.expect(self.table.post(REFERS, f"{case.path}/assessments", filled))


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def _family(number: str, *, date_of_a: str = "1988-05-0{}", **changes: Any) -> dict[str, Any]:
    """A referral of three persons; the first is known by name and birth date."""
    names = {"10": ("Łucja", "Wiśniewska"), "3": ("Dominique", "Van den Voorbeeld")}
    given, family = names.get(number, (f"Anna-{number}", f"Voorbeeld-{number}"))
    born = date_of_a.format(len(number) + 2)
    persons = [
        builders.person(
            "a", "victim", given_name=given, family_name=family, birth_date=born, sex="female"
        ),
        builders.person("b", "perpetrator", informed=False, given_name="Bert", family_name=family),
        builders.person("c", "child", "victim", informed=False, given_name="Cleo"),
    ]
    return {"persons": persons, **changes}


def main(target: Path) -> None:
    """Tell the story, let every event arrive, stop, and write the dump into `target`."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        _few_places(data)
        with running_platform(
            Path(folder) / "state", policy_data=(POLICY / "data", data), offset=-LENGTH
        ) as platform:
            _enter_staff(platform)
            story = Story(platform)
            story.tell()
            wait_until(lambda: _everything_arrived(platform), 120, "every event to arrive")
            for process in ("gateway", *SERVICES):
                (platform.gateway if process == "gateway" else platform.service(process)).stop()
            _destroy(platform, story.cases["destroyed"])
            _write(target, platform, story)


def _few_places(folder: Path) -> None:
    """Three cases at a time, so that a fourth waits."""
    file = Path("agreements") / "sample-kortrijk.json"
    agreement = json.loads((POLICY / "data" / file).read_text(encoding="utf-8"))
    agreement["case_cap"] = {"number": 3, "counts": "concurrent"}
    (folder / file).parent.mkdir(parents=True)
    (folder / file).write_text(json.dumps(agreement), encoding="utf-8")


def _enter_staff(platform: Platform) -> None:
    """The officer is a person with a mandate."""
    key = decode_key(platform.parts.secrets.key("matching-key"))
    match = keyed_hash(key, "national_number", _digits(OFFICER))
    officer = Table(Caller(platform.gateway_url, platform.token)).people["politie"].id
    platform.settings.staff_matches.write_text(json.dumps({officer: match}))
    platform.service("intake").stop()
    platform.service("intake").start()


def _everything_arrived(platform: Platform) -> bool:
    with MongoClient(platform.parts.mongodb.admin_url()) as client:
        sent = {
            row["_id"]
            for service in ("intake", "risk", "plans")
            for row in client[service]["outbox"].find({}, {"_id": 1})
        }
        recorded = set(client["audit"]["leaves"].distinct("leaf.entry_id"))
        settled = [
            client[service]["outbox"].count_documents({"state": {"$ne": "settled"}})
            for service in ("intake", "risk", "plans")
        ]
    return (
        sent <= recorded and not any(settled) and not any(platform.parts.rabbitmq.queues().values())
    )


def _destroy(platform: Platform, case: str) -> None:
    for service in ("intake", "risk", "plans"):
        with MongoClient(platform.parts.mongodb.admin_url()) as client:
            for owner in (case, f"{case}:whereabouts"):
                client[service]["keys"].update_one(
                    {"_id": owner},
                    {"$set": {"destroyed": True}, "$unset": {"wrapped": ""}},
                    upsert=True,
                )


def _write(target: Path, platform: Platform, story: Story) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with (
        MongoClient(platform.parts.mongodb.admin_url(), tz_aware=True) as client,
        tarfile.open(target / "databases.tar.xz", "w:xz") as archive,
    ):
        for service in SERVICES:
            for name in sorted(client[service].list_collection_names()):
                documents = client[service][name].find().sort("_id", 1)
                content = b"".join(bson.encode(document) for document in documents)
                if content:
                    entry = tarfile.TarInfo(f"{service}/{name}.bson")
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))
    secrets = platform.parts.secrets.folder
    kept = sorted(
        {*KEYS, *(path.name for path in secrets.glob("master-keys-*"))}
        | {path.name for path in secrets.glob("hash-key-*")}
    )
    keys = {name: (secrets / name).read_text() for name in kept}
    told = {
        "moment": platform.clock.now().isoformat(timespec="seconds"),
        "cases": story.cases,
        "persons": story.persons,
    }
    note = "Made up for tests, and worthless: they open nothing but the dump beside them."
    _json(target / "keys.json", {"note": note, **keys})
    _json(target / "story.json", told)
    checkpoints = platform.checkpoints / "checkpoints.txt"
    (target / "checkpoints.txt").write_bytes(checkpoints.read_bytes())
    staff = platform.settings.staff_matches
    (target / "staff-matches.json").write_bytes(staff.read_bytes() + b"\n")


def _json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
