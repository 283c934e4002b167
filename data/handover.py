"""The command line's other half while the app runs.

DuckDB admits one process. A command that finds the store locked reads `<store>.d/app.json` (0600, written by the app)
and hands its words to the app, which runs the very same command in a worker thread and returns what it printed.
"""

from __future__ import annotations

import hmac
import http.client
import io
import ipaddress
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from data.store import Store

PATH = "/api/command"
TOKEN_HEADER = "X-Sales-Token"  # noqa: S105 - the name of a header
_FILE = "app.json"
_WIDTH = 120  # columns of a terminal that does not say how wide it is
_LONGEST = 3600  # seconds: a large import answers when it is done


@dataclass
class _Announced:
    token: str = ""
    files: tuple[Path, ...] = ()


_announced = _Announced()


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


# ------------------------------------------------------------------------------------------------- in the app's process


def announce(store: Store, port: int) -> None:
    """Let command lines find this process: beside the store it shows, and beside those it may switch to.

    Args:
        store: the store that is open now.
        port: where this process answers on 127.0.0.1.
    """
    from data.settings import settings  # not needed to answer, which a server is to do as soon as possible

    _announced.token = secrets.token_urlsafe(32)
    stores = {store.path, *(path.expanduser().resolve() for path in (settings().store, settings().demo_store))}
    written = []
    for path in sorted(stores):
        file = Path(f"{path}.d") / _FILE
        if _write(file, {"port": port, "token": _announced.token, "process": os.getpid()}):
            written.append(file)
    _announced.files = tuple(written)


def _write(file: Path, content: dict[str, object]) -> bool:
    """Write for the owner's eyes only: the token lets its reader load and undo."""
    try:
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(content, out)
    return True


def retire() -> None:
    """Take the announcement back when the app stops."""
    for file in _announced.files:
        if (_read(file) or {}).get("token") == _announced.token:
            file.unlink(missing_ok=True)
    _announced.files, _announced.token = (), ""


def routes() -> list[Route]:
    """The route by which commands come in."""
    from starlette.routing import Route

    return [Route(PATH, _answer, methods=["POST"])]


async def _answer(request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    given = request.headers.get(TOKEN_HEADER, "")
    is_known = bool(_announced.token) and hmac.compare_digest(given.encode(), _announced.token.encode())
    if not (_is_local(request) and is_known):
        return JSONResponse({"error": "not allowed"}, status_code=403)
    try:
        asked = json.loads(await request.body())
        argv = [str(word) for word in asked["argv"]]
        cwd, store, lang = Path(asked["cwd"]), Path(asked["store"]), str(asked["lang"])
        width = int(asked.get("width", _WIDTH))
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "not a command"}, status_code=400)
    done = await run_in_threadpool(run, argv, store=store, cwd=cwd, lang=lang, width=width)
    return JSONResponse({"code": done.code, "out": done.out, "err": done.err})


def _is_local(request: Request) -> bool:
    """Whether the caller sits at this machine, and speaks to it directly: a proxy would say for whom it asks."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def run(argv: list[str], *, store: Path, cwd: Path, lang: str, width: int = _WIDTH) -> Done:
    """Run a command in this process and keep what it prints."""
    from data.terminal import Session, execute

    out, err = io.StringIO(), io.StringIO()
    session = Session(out=out, err=err, cwd=cwd, lang=lang, default_store=store, is_inside_app=True, width=width)
    code = execute(argv, session)
    return Done(code, out.getvalue(), err.getvalue())


# ----------------------------------------------------------------------------------------- in the command's process


def send(store: Path, argv: list[str], *, cwd: Path, lang: str, width: int = _WIDTH) -> Done | None:
    """Hand a command to the app that has `store` open; None where no app answers."""
    told = _read(Path(f"{store.resolve()}.d") / _FILE)
    if not told:
        return None
    body = json.dumps({"argv": argv, "cwd": str(cwd), "store": str(store.resolve()), "lang": lang, "width": width})
    line = http.client.HTTPConnection("127.0.0.1", int(str(told["port"])), timeout=_LONGEST)
    try:
        line.request(
            "POST", PATH, body.encode(), {TOKEN_HEADER: str(told["token"]), "Content-Type": "application/json"}
        )
        response = line.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        line.close()
    return Done(int(answer["code"]), str(answer["out"]), str(answer["err"])) if response.status == 200 else None


def _read(file: Path) -> dict[str, object] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and {"port", "token"} <= content.keys() else None
