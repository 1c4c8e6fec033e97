"""The life of a service's process: it starts with a word on what is missing, and ends in order."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from chassis.bus.client import RpcClient
from deploy.local.parts import Parts
from tests.integration.chassis.bus.process import ROOT, SAMPLES, Running, running
from tests.waiting import wait_until


def test_a_service_without_settings_names_all_that_are_missing() -> None:
    """An operator should not have to find them out one by one."""
    done = subprocess.run(
        [sys.executable, "-m", "chassis.run", f"{SAMPLES}.subscriber"],
        env={"PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    for name in ("BROKER_URL", "MONGO_URL", "BUS_KEYS", "MASTER_KEYS", "HASH_KEY", "HEALTH_PORT"):
        assert f"KETENAANPAK_{name}" in done.stderr


def test_a_health_port_that_is_taken_is_said_to_be_taken(
    parts: Parts, referrals: Running, tmp_path: Path
) -> None:
    """A second start by mistake must end with a sentence, not with a traceback."""
    second = Running(parts, "referrals", "intake", tmp_path)
    second._environment["KETENAANPAK_HEALTH_PORT"] = str(referrals.port)
    second.start(ready=False)
    assert second.wait(20) == 2
    assert f"127.0.0.1:{referrals.port} is not free" in second.log.read_text()
    assert len(second.log.read_text().splitlines()) == 1


def test_a_service_that_is_stopped_finishes_what_it_has_in_hand(
    parts: Parts, caller: RpcClient, tmp_path: Path
) -> None:
    """An update in the middle of the day must not cost anybody an answer."""
    with running(parts, "referrals", "intake", tmp_path) as service:
        answers: list[Any] = []
        asking = threading.Thread(
            target=lambda: answers.append(
                caller.call("intake", "wait", {"seconds": 1.0}, timeout=5)
            )
        )
        asking.start()
        wait_until(lambda: caller.call("intake", "in_hand", {}) == 1, 5)
        assert service.stop() == 0
        asking.join(10)
        assert answers == [{"seconds": 1.0}]
        events = [line["event"] for line in service.lines()]
        assert events[-1] == "stopping"
        assert not {"service_died", "broker_lost"} & set(events)


def test_work_in_the_background_is_done_again_and_again(
    referrals: Running, caller: RpcClient
) -> None:
    """Reminders and tidying depend on it."""
    first = caller.call("intake", "ticks", {})
    wait_until(lambda: caller.call("intake", "ticks", {}) > first + 2, 10)


def test_the_numbers_of_a_service_can_be_read(referrals: Running, caller: RpcClient) -> None:
    """An operator sees at a glance that calls are answered and the outbox is empty."""
    caller.call("intake", "echo", 1)
    status, body = referrals.get("/metrics")
    reply = body.decode()
    assert status == 200
    assert 'ketenaanpak_rpc_seconds_count{method="echo",outcome="ok"}' in reply
    assert "ketenaanpak_outbox_depth 0.0" in reply
    assert referrals.get("/elsewhere")[0] == 404
