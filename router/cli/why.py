"""Tell why a conversation is with whom it is: ``contact-router why CONVERSATION``.

Live, it asks a running router, which answers from committed state: how every agent stands to the
conversation now, and the smallest change that would help. After the fact (``--topics``) it reads
the conversation's whole story from the assignments topic, each decision with its score by term.
Exit status 0: it is told; 1: there is no such conversation; 2: wrong use; 3: a server was lost.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import click
import msgspec

from router.cli.exits import FoundWrongError, ServerLostError
from router.cli.options import connect, read_settings, settings_option
from router.daemon import console, logs
from router.daemon.settings import Settings
from router.daemon.topics import LOST
from router.daemon.unreached import not_reached
from router.engine.candidates import Candidate
from router.model.outputs import Why
from router.model.reasons import PassedOver
from router.scenarios.report import agent_lines

TIMEOUT_S: Final = 10.0
MOST_NAMED: Final = 10
"""So many other pools are named at most."""
_ENVELOPE: Final = frozenset({"pool", "seq", "policy", "cause", "read", "conversation", "why"})


@click.command()
@click.argument("conversation")
@click.option("--pool", help="Its pool; every pool is looked at if left out.")
@click.option("--agent", help="Why not this agent?")
@click.option("--router", "address", help="Address of a router, such as http://127.0.0.1:8080.")
@click.option("--topics", is_flag=True, help="Its whole story, from the topics alone.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@settings_option
def why(  # noqa: PLR0913, PLR0917 - one for each option, by name
    conversation: str,
    pool: str | None,
    agent: str | None,
    address: str | None,
    topics: bool,
    as_json: bool,
    settings_file: Path | None,
) -> None:
    """Tell why a conversation is with whom it is, or with nobody."""
    settings = read_settings(settings_file)
    if topics:
        if agent is not None or address is not None:
            raise click.UsageError("--topics asks no router, and knows no --agent")
        logs.set_up(settings.log)
        story = _story(settings, conversation, pool=pool)
        lines: Iterator[str] = iter(map(json.dumps, story)) if as_json else _story_lines(story)
    else:
        base = (address or _address(settings)).rstrip("/")
        shown = _asked(base, conversation, pool=pool, agent=agent)
        if as_json:
            lines = iter([json.dumps(shown, indent=2)])
        else:
            others = _pools(base) if _has_nobody(shown) else []
            lines = _lines(shown, agent, others=[each for each in others if each != shown["pool"]])
    for line in lines:
        click.echo(line)


def _address(settings: Settings) -> str:
    host, port = settings.http.host, settings.http.port
    if not port:
        raise click.UsageError("the router has any free port: say its address with --router")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _asked(base: str, conversation: str, *, pool: str | None, agent: str | None) -> dict[str, Any]:
    """Ask a router about a conversation, in one pool or in all that it serves."""
    if not base.startswith(("http://", "https://")):
        raise click.UsageError(f"{base} is no address of a router: it begins with http://")
    names = [pool] if pool is not None else _pools(base)
    query = "" if agent is None else "?" + urlencode({"agent": agent})
    for name in names:
        path = f"/api/pools/{quote(name)}/conversations/{quote(conversation)}/why{query}"
        shown = _get(base, path)
        if shown is not None:
            return shown
    where = f"in the pool {pool}" if pool is not None else "in any pool this router serves"
    raise FoundWrongError(
        f"no open conversation {conversation} {where}; --topics tells the story of ended ones"
    )


def _pools(base: str) -> list[str]:
    found = _get(base, "/api/pools") or {"pools": []}
    return [str(each["pool"]) for each in found["pools"]]


def _get(base: str, path: str) -> dict[str, Any] | None:
    """Get a view; None where there is none."""
    try:
        with urlopen(base + path, timeout=TIMEOUT_S) as answer:  # noqa: S310 - http(s) only, above
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        if error.code == 404:
            return None
        raise ServerLostError(f"{base} answered {error.code} {error.reason}") from error
    except (URLError, OSError, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise ServerLostError(
            f"no router could be asked at {base}: {reason}\n`contact-router run` starts one; --topics"
            " asks the topics alone"
        ) from error


def _has_nobody(shown: dict[str, Any]) -> bool:
    """Tell whether nobody was described in a pool: whoever is told of was only named."""
    strangers = all(each["reason"] == PassedOver.NOT_DESCRIBED for each in shown["agents"])
    return strangers and not shown["agents_left_out"]


def _nobody(others: list[str]) -> str:
    """Say that nobody is there, and which pools are: the key may have a slip of the pen."""
    said = "nobody has been described in this pool"
    if not others:
        return said
    named = ", ".join(others[:MOST_NAMED])
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return f"{said}; this router has also: {named}{more}"


def _lines(shown: dict[str, Any], agent: str | None, *, others: list[str]) -> Iterator[str]:
    place = f", place {shown['place']}" if shown["place"] else ""
    yield (
        f"{shown['conversation']} in the pool {shown['pool']}: {shown['stage']}, "
        f"queue {shown['queue']}{place}"
    )
    yield f"  rules that matched: {', '.join(shown['rules']) or 'none'}"
    yield f"  asks for: {shown['asks'] or 'nothing that the rules still know'}"
    agents = [_candidate(each) for each in shown["agents"]]
    yield "  agents"
    chosen = [each for each in agents if agent is None or each.agent == agent or not each.reason]
    if chosen:
        yield from agent_lines(chosen)
    if _has_nobody(shown):
        yield f"    {_nobody(others)}"
    elif not chosen:
        yield "    none"
    if shown["agents_left_out"]:
        yield f"    {shown['agents_left_out']} more were not looked at"
    if shown["would_help"] is not None:
        yield f"  what would help: {shown['would_help']['words']}"


def _candidate(shown: dict[str, Any]) -> Candidate:
    reason, score = shown["reason"], shown["why"]
    return Candidate(
        agent=shown["agent"],
        reason=None if reason is None else PassedOver(reason),
        words=shown["words"],
        why=None if score is None else msgspec.convert(score, Why),
    )


def _story(settings: Settings, conversation: str, *, pool: str | None) -> list[dict[str, Any]]:
    """Read every decision about a conversation, in the order of the pool's numbers."""
    try:
        return asyncio.run(_read(settings, conversation, pool))
    except LookupError as error:
        raise FoundWrongError(str(error)) from error
    except LOST as error:
        raise ServerLostError(not_reached(settings.kafka, error)) from error


async def _read(settings: Settings, conversation: str, pool: str | None) -> list[dict[str, Any]]:
    topic = settings.topics.prefix + "assignments"
    found: list[dict[str, Any]] = []
    records = console.read(connect(settings), topic, settings=settings, follow=False)
    async for record in records:
        event = json.loads(record.value)
        data = event["data"]
        if data.get("conversation") == conversation and pool in {None, data["pool"]}:
            found.append(event)
    if not found:
        raise FoundWrongError(f"no decision about {conversation} is in {topic}")
    return sorted(found, key=lambda each: (each["data"]["pool"], each["data"]["seq"]))


def _story_lines(story: list[dict[str, Any]]) -> Iterator[str]:
    pool = None
    for event in story:
        data = event["data"]
        if data["pool"] != pool:
            pool = data["pool"]
            yield f"{data['conversation']} in the pool {pool}"
        said = {name: each for name, each in data.items() if name not in _ENVELOPE}
        details = ", ".join(f"{name}: {_flow(each)}" for name, each in said.items())
        yield f"  {event['time']}  {data['seq']:>6}  {event['type']}  {details}"
        terms = data.get("why", {}).get("terms")
        if terms:
            parts = ", ".join(f"{name} {points}" for name, points in terms.items())
            yield f"{'':36}why: {data['why']['score']} = {parts}"


def _flow(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
