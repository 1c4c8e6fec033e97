"""What an earlier version of plans stored otherwise, put in its present form when plans starts."""

from casework.fragment_documents import content_context
from chassis.errors import Mangled
from chassis.logs import logger
from chassis.mongo import guarded
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed

_log = logger(__name__)
_SECONDS = 60.0


def name_what_checks_go_with(runtime: Runtime) -> None:
    """Safety checks once named what they are of in their sealed content only; now policy sees it.

    Two processes may do it side by side, and it can be repeated. One whose content cannot be opened
    is left as it is, and is never shown.
    """
    fragments = runtime.database["fragments"]
    unnamed = {"kind": "safety_check", "of": {"$exists": False}}
    left = 0
    with guarded(_SECONDS):
        for check in list(fragments.find(unnamed)):
            context = content_context(check["_id"], check["content_version"])
            try:
                content = runtime.vault.open(check["case"], context, check["sealed"])
            except (KeyDestroyed, Mangled):
                left += 1
                continue
            fragments.update_one({"_id": check["_id"]}, {"$set": {"of": content["of"]}})
    if left:
        _log.warning("safety_checks_left_unnamed", count=left)
