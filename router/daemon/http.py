"""The HTTP side: metrics, health, and read-only views of committed state.

Promises: an answer about a conversation or an agent shows what is committed and nothing that may
yet be taken back; errors are problem details (RFC 9457), save for what is no request of HTTP (a
line of more than 8 KiB), which the library turns away itself. Changes nothing, and knows no access
control: it listens on loopback unless told otherwise.
"""

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

import orjson
import structlog
from aiohttp import web
from aiokafka import TopicPartition

from router.daemon import views
from router.daemon.errors import AddressError, BusyError, ShardGoneError
from router.daemon.settings import HttpSettings
from router.daemon.shards import Shards
from router.daemon.surroundings import Surroundings
from router.daemon.unhurried import Unhurried
from router.engine import Engine
from router.model.inputs import Topic
from router.wire import instants
from router.wire.partitions import partition_of

log = structlog.get_logger(__name__)

PROBLEM: Final = "application/problem+json"
SHUTDOWN_S: Final = 1.0
PATIENCE_S: Final = 2.0
"""A shard that cannot be looked at within this time is too busy."""
COUNTING_S: Final = 1.0
"""The same where one figure of many is at stake."""
TAKEN: Final = "; for another port set CONTACT_ROUTER_HTTP__PORT (0: any that is free)"
MOST_PROBLEMS: Final = 20
"""So many problems of the rules are shown; the log has all."""

Shown = TypeVar("Shown")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Counted(NamedTuple):
    """What is counted in one shard when figures are asked for."""

    waiting: Counter[str]
    versions: set[str]
    service: dict[str, views.Service]
    repetition_missing_ms: int


class _Way(NamedTuple):
    """A path that can be asked for, who answers, and what is shown there."""

    path: str
    handler: Handler
    shows: str


class HttpServer:
    """Serves one process's figures and views. `start` binds, `stop` ends it.

    `before_figures` is called before figures are given.
    """

    def __init__(
        self, around: Surroundings, shards: Shards, *, before_figures: Callable[[], None]
    ) -> None:
        self._before_figures = before_figures
        self._around = around
        self._shards = shards
        self._unhurried = Unhurried()
        self._counted: dict[int, _Counted] = {}
        self._runner = web.AppRunner(
            self._application(), access_log=None, shutdown_timeout=SHUTDOWN_S
        )

    async def start(self, settings: HttpSettings) -> str:
        """Listen, and give the address as a URL; raises `AddressError` where that cannot be."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            hint = TAKEN if error.errno == errno.EADDRINUSE else ""
            raise AddressError(f"cannot listen on {where}: {error.strerror}{hint}") from error
        port = self._runner.addresses[0][1]
        host = f"[{settings.host}]" if _is_ipv6(settings.host) else settings.host
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Answer what was asked, and listen no more."""
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[_as_problems])
        application.add_routes([web.get(each.path, each.handler) for each in self._ways()])
        return application

    def _ways(self) -> tuple[_Way, ...]:
        """Name all that can be asked for; `docs/operations.md` has the same table."""
        pool = "/api/pools/{pool}"
        conversation = f"{pool}/conversations/{{id}}"
        return (
            _Way("/", self._all_ways, "these paths"),
            _Way("/api", self._all_ways, "these paths"),
            _Way("/health/live", self._live, "whether the process does anything at all"),
            _Way("/health/ready", self._ready, "whether it decides; its shards, its rules"),
            _Way("/metrics", self._metrics, "figures for Prometheus"),
            _Way("/api/pools", self._pools, "the pools of this instance, and its shards"),
            _Way(pool, self._pool, "a pool: its queues, agents by presence, surge, quotas"),
            _Way(f"{pool}/agents", self._agents, "its agents as described: a roster"),
            _Way(f"{pool}/agents/{{id}}", self._agent, "an agent: profile, presence, load"),
            _Way(conversation, self._conversation, "an open conversation: state, place, wait"),
            _Way(f"{conversation}/why", self._why, "who could have it, and who not and why"),
        )

    async def _all_ways(self, _: web.Request) -> web.Response:
        return _json({"paths": {each.path: each.shows for each in self._ways()}})

    async def _metrics(self, _: web.Request) -> web.Response:
        metrics = self._around.metrics
        self._before_figures()
        await self._count()
        waiting: Counter[str] = Counter()
        versions: set[str] = set()
        service: dict[str, views.Service] = {}
        for each in self._counted.values():
            waiting.update(each.waiting)
            versions |= each.versions
            for queue, served in each.service.items():
                service[queue] = service.get(queue, views.Service()).and_also(served)
        metrics.show_waiting(waiting)
        metrics.show_service(service)
        missing = (each.repetition_missing_ms for each in self._counted.values())
        metrics.show_repetition(missing_s=max(missing, default=0) / 1_000)
        metrics.show_policies(versions)
        metrics.show_lag(self._lag())
        metrics.show_silence(self._around.intake.silence_s())
        metrics.show_shards(
            total=self._around.shard_count,
            owned=len(self._shards.owned),
            running=len(self._shards.running),
        )
        body, content_type = metrics.text()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def _count(self) -> None:
        """Count what waits in each shard; one that is too busy now keeps what it showed last."""
        running = self._shards.running
        self._counted = {shard: self._counted[shard] for shard in running & self._counted.keys()}
        look_at = partial(_count, now=self._around.now())
        looks = {shard: asyncio.create_task(self._shards.view(shard, look_at)) for shard in running}
        if not looks:
            return
        await asyncio.wait(looks.values(), timeout=COUNTING_S)
        for shard, look in looks.items():
            if not look.done():
                look.cancel()
            elif isinstance(look.exception(), ShardGoneError):
                self._counted.pop(shard, None)
            elif (error := look.exception()) is not None:
                log.warning("a shard was not counted", shard=shard, error=repr(error))
            else:
                self._counted[shard] = look.result()

    def _lag(self) -> dict[str, int]:
        """Count what is not committed yet, by input."""
        ends = self._around.intake.ends()
        names = self._around.names
        lag = dict.fromkeys((topic.value for topic in Topic), 0)
        for shard, positions in self._shards.positions().items():
            for name, topic, position in zip(names.inputs, Topic, positions, strict=True):
                end = ends.get(TopicPartition(name, shard), position)
                lag[topic.value] += max(0, end - position)
        return lag

    async def _live(self, _: web.Request) -> web.Response:
        return _json({"status": "live"})

    async def _ready(self, _: web.Request) -> web.Response:
        owned, running = self._shards.owned, self._shards.running
        facts: dict[str, Any] = {
            "owned": sorted(owned),
            "running": sorted(running),
            "shards": self._around.shard_count,
            "rules": self._rules(),
        }
        silence_s = self._around.intake.silence_s()
        if not self._shards.are_ready:
            wrong = "not every owned shard is restored"
        elif silence_s > self._around.settings.kafka.call_timeout_s:
            wrong = (
                f"for {silence_s:.0f} s nothing was heard of an input: is the broker away, or may the"
                " input not be read? The log says what could not be reached or read"
            )
        else:
            return _json({"status": "ready", **facts})
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, wrong, extra=facts)

    def _rules(self) -> dict[str, Any]:
        """Say how the last reading of the rules ended; a bad one keeps nobody from deciding."""
        standing = self._around.rules.standing
        return {
            "last_reload_successful": not standing.problems,
            "last_read": instants.render(round(standing.tried_at * 1_000)),
            "last_success": instants.render(round(standing.succeeded_at * 1_000)),
            "problems": list(standing.problems[:MOST_PROBLEMS]),
        }

    async def _pools(self, _: web.Request) -> web.Response:
        running = sorted(self._shards.running)
        found: list[dict[str, Any]] = []
        for shard in running:
            pools = await self._look(shard, views.pools)
            found += ({**each, "shard": shard} for each in pools)
        found.sort(key=itemgetter("pool"))
        return _json(
            {"pools": found, "shards": {"served": running, "of": self._around.shard_count}}
        )

    async def _pool(self, request: web.Request) -> web.Response:
        name = request.match_info["pool"]
        shown = await self._view(
            name, lambda engine: views.pool(engine, name, now=self._around.now())
        )
        return _found(shown, f"no pool {name} in committed state")

    async def _conversation(self, request: web.Request) -> web.Response:
        name, wanted = request.match_info["pool"], request.match_info["id"]
        shown = await self._view(
            name, lambda engine: views.conversation(engine, name, conversation=wanted)
        )
        return _found(shown, f"no open conversation {wanted} in pool {name}")

    async def _why(self, request: web.Request) -> web.Response:
        name, wanted = request.match_info["pool"], request.match_info["id"]
        agent = request.query.get("agent")
        shown = await self._unhurried.view(
            self._look,
            self._shard_of(name),
            lambda engine: views.why(engine, name, conversation=wanted, agent=agent),
        )
        return _found(shown, f"no open conversation {wanted} in pool {name}")

    async def _agent(self, request: web.Request) -> web.Response:
        name, wanted = request.match_info["pool"], request.match_info["id"]
        shown = await self._view(name, lambda engine: views.agent(engine, name, agent=wanted))
        return _found(shown, f"no agent {wanted} was described in pool {name}")

    async def _agents(self, request: web.Request) -> web.Response:
        name = request.match_info["pool"]
        shown = await self._view(name, lambda engine: views.agents(engine, name))
        return _found(shown, f"no pool {name} in committed state")

    async def _view(self, pool: str, look: Callable[[Engine], Shown]) -> Shown:
        return await self._look(self._shard_of(pool), look)

    async def _look(self, shard: int, look: Callable[[Engine], Shown]) -> Shown:
        """Look at a shard; who looks is not kept waiting for as long as a broker may be."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._shards.view(shard, look)
        except TimeoutError:
            raise BusyError(f"shard {shard} is in the middle of a long transaction") from None

    def _shard_of(self, pool: str) -> int:
        shard = partition_of(pool.encode(), partitions=self._around.shard_count)
        if shard not in self._shards.owned:
            raise web.HTTPNotFound(
                text=f"pool {pool} is on shard {shard}, which another instance serves: ask that one"
            )
        return shard


@web.middleware
async def _as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with problem details."""
    try:
        return await handler(request)
    except (ShardGoneError, BusyError) as error:
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": "1"})
    except web.HTTPException as error:
        status = HTTPStatus(error.status)
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        # aiohttp's own text repeats status and title.
        detail = error.text or ""
        own = f"{error.status}: {error.reason}"
        return _problem(status, status.description if detail == own else detail, headers=headers)
    # The task guard: one look that fails says so to whoever looked, and is a bug for the log.
    except Exception as error:
        log.exception("a view could not be shown", path=request.path)
        return _problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            f"this could not be shown: {type(error).__name__}; the log says more",
        )


def _count(engine: Engine, *, now: int) -> _Counted:
    return _Counted(
        views.waiting_by_queue(engine),
        views.policy_versions(engine),
        views.service_by_queue(engine, now=now),
        views.repetition_missing_ms(engine),
    )


def _found(shown: dict[str, Any] | None, otherwise: str) -> web.Response:
    return _problem(HTTPStatus.NOT_FOUND, otherwise) if shown is None else _json(shown)


def _json(content: object) -> web.Response:
    return web.Response(body=orjson.dumps(content), content_type="application/json")


def _problem(
    status: HTTPStatus,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> web.Response:
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **(extra or {}),
    }
    return web.Response(
        body=orjson.dumps(problem), status=status, content_type=PROBLEM, headers=headers
    )


def _is_ipv6(host: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, host)
    except OSError:
        return False
    return True
