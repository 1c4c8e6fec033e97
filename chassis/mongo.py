"""MongoDB: majority writes, bounded waits, driver errors translated into coded ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from chassis.config import Config
from chassis.errors import CodedError, Retry, translate
from chassis.logs import logger

Document = dict[str, Any]
Store = Database[Document]
Session = ClientSession

WRITE_CONFLICT = 112

_EXISTS = 48
_SELECTION_MS = 1500
_OPERATION_MS = 2000
_ABORT_SECONDS = 0.5
_PREPARE_SECONDS = 30.0
# Shutting down, stepping down, interrupted, out of time, disk full: these may pass by themselves.
_TRANSIENT = frozenset((50, 91, 189, 262, 11600, 11601, 11602, 14031))

_after_commit: WeakKeyDictionary[ClientSession, list[Callable[[], None]]] = WeakKeyDictionary()
_log = logger(__name__)


class StoreUnavailable(Retry):
    """The database could not be reached or did not commit: nothing happened."""

    def __init__(self) -> None:
        super().__init__("service_unavailable")


class CommitUnknown(Retry):
    """The connection was lost while committing: committed or not, never in part."""

    def __init__(self) -> None:
        super().__init__("outcome_unknown")


class Conflict(Retry):
    """Another transaction changed the same documents first: nothing happened, try again."""

    def __init__(self) -> None:
        super().__init__("conflict")


def connect(config: Config) -> Store:
    """The service's own database. Connects when first used: here no server need be up yet.

    Write concern majority with journal, read concern majority; an operation without a timeout of
    its own takes 2 seconds at most. Datetimes are returned aware, in UTC.
    """
    client: MongoClient[Document] = MongoClient(
        config.mongo_url,
        appname=config.service,
        connect=False,
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        readConcernLevel="majority",
        serverSelectionTimeoutMS=_SELECTION_MS,
        connectTimeoutMS=_SELECTION_MS,
        timeoutMS=_OPERATION_MS,
    )
    return client[config.database]


@contextmanager
def transaction(database: Store, seconds: float = 2.0) -> Iterator[ClientSession]:
    """One transaction: committed at the end of the block, aborted when it raises.

    Takes at most ``seconds`` (and half a second more to abort). Raises Conflict or
    StoreUnavailable when nothing was committed, CommitUnknown when that cannot be known. Other
    errors of the block, DuplicateKeyError included, are raised unchanged.
    """
    with translated(), database.client.start_session() as session:
        try:
            with pymongo.timeout(seconds):
                session.start_transaction(
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority", j=True),
                    read_preference=ReadPreference.PRIMARY,
                )
                yield session
                _commit(session)
        except BaseException:
            _abort(session)
            raise
    for callback in _after_commit.pop(session, ()):
        _call(callback)


def after_commit(session: ClientSession, callback: Callable[[], None]) -> None:
    """Call ``callback`` once the session's transaction has been committed; never otherwise.

    It must not block. What it raises is logged only, since the commit cannot be undone.
    """
    callbacks = _after_commit.setdefault(session, [])
    if callback not in callbacks:
        callbacks.append(callback)


@contextmanager
def guarded(seconds: float = 2.0) -> Iterator[None]:
    """A timeout for operations outside a transaction, whose errors are translated likewise.

    A single write whose connection broke may have happened: make such writes idempotent.
    """
    with translated(), pymongo.timeout(seconds):
        yield


@contextmanager
def translated() -> Iterator[None]:
    """Translates pymongo's errors into coded ones; those without a meaning pass unchanged."""
    try:
        yield
    except PyMongoError as error:
        translation = coded_error_for(error)
        if translation is error:
            raise
        raise translation from error


def coded_error_for(error: PyMongoError) -> Exception:
    """The coded error for an error of pymongo, or the error itself."""
    if error.has_error_label("UnknownTransactionCommitResult"):
        return CommitUnknown()
    if isinstance(error, ConnectionFailure) or error.timeout:
        return StoreUnavailable()
    if isinstance(error, OperationFailure):
        if error.code in _TRANSIENT:
            return StoreUnavailable()
        if error.code == WRITE_CONFLICT or error.has_error_label("TransientTransactionError"):
            return Conflict()
    return error


def reachable(database: Store) -> bool:
    """Whether a primary answers within a second and a half."""
    try:
        with guarded(_SELECTION_MS / 1000):
            database.client.admin.command("ping")
    except (PyMongoError, CodedError):
        return False
    return True


def make_collections(database: Store, *names: str) -> None:
    """Create collections beforehand: creating them in transactions would cause conflicts."""
    with translated(), pymongo.timeout(_PREPARE_SECONDS):
        for name in set(names) - set(database.list_collection_names()):
            try:
                # Not checked for existence by the driver: the server's own error is race-free.
                database.create_collection(name, check_exists=False)
            except OperationFailure as error:
                if error.code != _EXISTS:
                    raise


def make_index(database: Store, collection: str, *keys: str, **options: Any) -> None:
    """Create one ascending index; nothing happens when it exists."""
    with translated(), pymongo.timeout(_PREPARE_SECONDS):
        database[collection].create_index([(key, pymongo.ASCENDING) for key in keys], **options)


def _commit(session: ClientSession) -> None:
    try:
        session.commit_transaction()
    except PyMongoError as error:
        if not error.has_error_label("UnknownTransactionCommitResult"):
            raise
        # Committing is idempotent: trying again may turn "unknown" into an answer, in time.
        session.commit_transaction()


def _abort(session: ClientSession) -> None:
    if not session.in_transaction:
        return
    # With a timeout of its own: after the outer one nothing would be sent, and the server would
    # keep the documents locked until it expires the transaction.
    with pymongo.timeout(_ABORT_SECONDS):
        session.abort_transaction()


def _call(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception as error:
        _log.error("after_commit_failed", exc_info=error)


translate(PyMongoError, coded_error_for)
