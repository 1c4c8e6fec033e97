"""What an earlier version of plans stored otherwise, put in its present form when plans starts."""

from contextlib import suppress

from casework.fragment_documents import content_context
from chassis.mongo import guarded
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed

_SECONDS = 60.0


def name_what_checks_go_with(runtime: Runtime) -> None:
    """Safety checks once named what they are of in their sealed content only; now policy sees it.

    Two processes may do it side by side, and it can be repeated.
    """
    fragments = runtime.database["fragments"]
    unnamed = {"kind": "safety_check", "of": {"$exists": False}}
    with guarded(_SECONDS):
        for check in list(fragments.find(unnamed)):
            with suppress(KeyDestroyed):
                context = content_context(check["_id"], check["content_version"])
                content = runtime.vault.open(check["case"], context, check["sealed"])
                fragments.update_one({"_id": check["_id"]}, {"$set": {"of": content["of"]}})
