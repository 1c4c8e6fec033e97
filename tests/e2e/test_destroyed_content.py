"""A case whose key was destroyed: gone for whoever could read it, and no news for anybody else."""

import os
import uuid

import pymongo
import pytest

from chassis.sealing import KeyRing
from chassis.vault import Vault
from deploy.local.run import Platform
from tests import builders
from tests.e2e.table_client import Case, TableClient, refused
from tests.e2e.test_outsiders import everything_but_the_clock
from tests.waiting import wait_until


@pytest.fixture
def destroyed(platform: Platform, table: TableClient) -> Case:
    """A case in forming with an item, whose key intake has no more."""
    case = table.forming()
    table.offer("caw", case, "safety")
    with pymongo.MongoClient(platform.parts.mongodb.admin_url()) as client:
        vault = Vault(client["intake"], KeyRing({"none": os.urandom(32)}), "intake")
        vault.destroy(case.id)
    wait_until(lambda: table.get("caw", case.path).status_code == 410)
    return case


def test_who_could_read_it_is_told_that_it_is_gone_for_good(
    table: TableClient, destroyed: Case
) -> None:
    """A case worker would try again for ever, or believe that nothing was ever known."""
    for path in ("", "/items"):
        refused(table.get("parket", destroyed.path + path), "content_destroyed")

    entries = table.records(case=destroyed.id, person=table.people["parket"].id)
    assert [each["outcome"] for each in entries[-2:]] == ["released", "error"]


def test_nothing_can_be_added_to_it(table: TableClient, destroyed: Case) -> None:
    """What is offered now would be readable again, in a case that was to be forgotten."""
    item = builders.item("safety", destroyed.ids["a"])

    refused(table.post("caw", f"{destroyed.path}/items", item), "content_destroyed")


def test_to_an_outsider_it_is_an_id_that_does_not_exist(
    table: TableClient, destroyed: Case
) -> None:
    """That something was destroyed shows that there was something."""
    for who in ("caw-kortrijk", "auditor"):
        known = table.get(who, destroyed.path)
        unknown = table.get(who, f"/v1/cases/{uuid.uuid4()}")

        assert known.status_code == 404
        assert everything_but_the_clock(known) == everything_but_the_clock(unknown)


def test_a_list_with_such_a_case_is_still_shown(table: TableClient, destroyed: Case) -> None:
    """One destroyed case would close the list of all others."""
    other = table.refer()

    assert {destroyed.id, other.id} <= table.listed("caw")
