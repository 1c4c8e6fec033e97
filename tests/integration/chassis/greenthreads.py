"""A process as services run: greenthreads that perform commands; printed as JSON.

Started by a test, so that the test's own process is never monkey-patched. Arguments: how many
greenthreads. Settings from the environment, as for a service.
"""

import os
import sys
import warnings

os.environ["EVENTLET_NO_GREENDNS"] = "yes"
warnings.simplefilter("ignore")

import eventlet  # noqa: E402 (the settings above come first)

eventlet.monkey_patch()  # before pymongo is imported

import json  # noqa: E402
import time  # noqa: E402
from itertools import pairwise  # noqa: E402
from typing import Any  # noqa: E402

from pymongo.client_session import ClientSession  # noqa: E402

from chassis.config import load  # noqa: E402
from chassis.logs import bind_call, current_call  # noqa: E402
from chassis.runtime import open_runtime  # noqa: E402


def main(count: int) -> None:
    """Perform ``count`` commands at once, each twice, and return what came of it."""
    runtime = open_runtime(load("sample"))
    runtime.prepare()
    woken: list[int] = []
    runtime.outbox.wake_with(lambda: woken.append(1))

    def perform(number: int) -> tuple[dict[str, Any], dict[str, Any], str | None]:
        def action(session: ClientSession) -> dict[str, Any]:
            sealed = runtime.vault.seal(f"case-{number}", "a", {"n": number}, session)
            runtime.database.cases.insert_one({"_id": number, "sealed": sealed}, session=session)
            event = {"id": f"e-{number}", "source": "s", "type": "t", "subject": f"case-{number}"}
            runtime.outbox.add(event, session)
            return runtime.vault.open(f"case-{number}", "a", sealed, session)

        with bind_call(f"call-{number}"):
            first = runtime.commands.perform(f"c-{number}", {}, action)
            again = runtime.commands.perform(f"c-{number}", {}, action)
            return first, again, current_call()

    ticks: list[float] = []

    def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            eventlet.sleep(0.01)

    ticker = eventlet.spawn(tick)
    pool = eventlet.GreenPool(count)
    answers = list(pool.imap(perform, range(count)))
    ticker.kill()
    pauses = [later - earlier for earlier, later in pairwise(ticks)]
    reply = {
        "answers": answers,
        "cases": runtime.database.cases.count_documents({}),
        "events": len(runtime.outbox.claim("me")),
        "woken": len(woken),
        "longest_pause": max(pauses, default=0.0),
    }
    runtime.close()
    sys.stdout.write(json.dumps(reply))


if __name__ == "__main__":
    main(int(sys.argv[1]))
