"""The master key of a service is replaced and thrown away: its cases stay readable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from chassis.vault import count_wrapped
from deploy.local.parts import Parts
from deploy.local.secrets import new_key
from tests.integration.intake.test_over_the_bus import reading, referral
from tests.integration.serving import Served, serving
from tests.waiting import wait_until


@contextmanager
def started(parts: Parts, folder: Path, *keys: str) -> Iterator[Served]:
    """Intake with this ring of master keys, once its first key wraps every data key."""
    file = folder / "master_keys"
    file.write_text(",".join(keys))
    current = keys[0].partition(":")[0]
    changes = {"KETENAANPAK_MASTER_KEYS_FILE": str(file)}
    with serving(parts, "intake", **changes) as intake, database(parts) as admin:
        wait_until(lambda: count_wrapped(admin["intake"]).keys() <= {current}, 20, "wrapped anew")
        yield intake


@contextmanager
def database(parts: Parts) -> Iterator[MongoClient[dict[str, Any]]]:
    """The databases, as the administrator sees them."""
    with MongoClient[dict[str, Any]](parts.mongodb.admin_url()) as admin:
        yield admin


def texts(intake: Served, case: str) -> list[str]:
    """What the fragments of a case say."""
    read = intake.call("gateway", "read_case", reading(case))
    return sorted(str(fragment["content"]) for fragment in read["fragments"])


def test_a_replaced_master_key_can_be_thrown_away(parts: Parts, tmp_path: Path) -> None:
    """After a leak the old key would be needed for ever, or every older case would be lost."""
    old = parts.secrets.key_ring("master-keys-intake")
    new = f"k2:{new_key()}"
    try:
        with started(parts, tmp_path, old) as intake:
            case = intake.call("gateway", "submit_referral", referral())["case"]
            written = texts(intake, case)
        with started(parts, tmp_path, new, old) as intake:
            assert texts(intake, case) == written
        with started(parts, tmp_path, new) as intake:
            assert texts(intake, case) == written
            assert "keys_wrapped_anew" in intake.process.log.read_text()
    finally:
        # The database is shared: the tests that come later know the old key only.
        with started(parts, tmp_path, old, new):
            pass
    assert len(written) > 3
