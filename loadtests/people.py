"""The people of a world: customers and agents who react to what the engine decides.

A closed loop in virtual time: an agent who is offered a conversation accepts, declines or misses
it, works, wraps up, takes breaks; his desktop sends heartbeats. Customers lose patience. Whoever
leaves the backlog is replaced, so it keeps its size for as long as one likes. All durations are
drawn from the seed. Takes part in no measurement: it only writes down what a platform would send.
"""

import heapq
import random
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UnsetType

from loadtests.worlds import (
    AT_MOST,
    BACKLOG_MS,
    LEASE_MS,
    MIXES,
    START_MS,
    Life,
    World,
    agent,
)
from router.model.inputs import (
    AgentHeartbeat,
    AgentPresence,
    AgentWrapupEnded,
    ConversationAbandoned,
    ConversationEnded,
    ConversationTransferred,
    ConversationUpdated,
    DeflectionAccepted,
    DeflectionDeclined,
    Input,
    OfferAccepted,
    OfferDeclined,
    Presence,
    TransferTarget,
)
from router.model.outputs import (
    ConversationAbandoned as Abandoned,
)
from router.model.outputs import (
    ConversationAssigned,
    ConversationClosed,
    ConversationDeflected,
    ConversationOffered,
    ConversationRequeued,
    Decision,
)

HEARTBEAT_MS: Final = LEASE_MS // 3
HANDLE_MS: Final = {"voice": 240_000, "chat": 300_000, "email": 360_000, "message": 360_000}
"""Mean time of work on a conversation."""
WRAP_UP_MS: Final = 20_000
"""Mean of the work after it, ended by the agent if the policy does not end it first."""
ABANDONS_PER_AGENT_S: Final = 0.0028
"""Customers who give up, for each agent: patience is what makes it so, whatever the backlog."""
LOAD_WITH_ROOM: Final = 0.6
"""How busy the teams are that are not overloaded."""
ANSWER_MS: Final = (1_000, 6_000)
ACCEPTS: Final = 0.92
DECLINES: Final = 0.04
"""The rest of the offers is missed."""
TAKES_UP: Final = 0.4
GOES_ON_WAITING: Final = 0.3
"""Of those who are offered something else than waiting; the rest do not answer."""
TRANSFERS: Final = 0.05
UPDATES: Final = 0.04
WORK_MS: Final = 3_600_000
BREAK_MS: Final = 600_000
REPLACED_MS: Final = 5_000
"""At the latest so long after somebody left the backlog somebody new comes."""


class People:
    """Everyone around the engine of one world. Give it every decision; it gives the next input."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = random.Random(f"lives {world.seed}")
        self._now = 0
        self._due: list[tuple[int, int, str, tuple[str, ...]]] = []
        self._numbered = 0
        self._born = 0
        self._lives: dict[str, Life] = {}
        self._waiting: set[str] = set()
        self._come_back = 0
        size = world.size
        self._patience_ms = size.waiting / (ABANDONS_PER_AGENT_S * size.agents) * 1_000
        self._gap_ms = 1 / _arrivals_with_room(size.agents)
        self._after(self._gap_ms, "arrive")
        for number in range(size.agents):
            self._after(self._rng.uniform(0, HEARTBEAT_MS), "heartbeat", agent(number))
            self._after(self._rng.expovariate(1 / WORK_MS), "break", agent(number))

    def backlog(self) -> Iterator[Input]:
        """Give the creations of all who wait at the beginning, in the order of their arrival."""
        count = self._world.size.waiting
        for number in range(count):
            arrived_at = START_MS - BACKLOG_MS + number * BACKLOG_MS // count
            yield self._created(overloaded=True, arrived_at=arrived_at)

    def inputs(self) -> Iterator[tuple[int, Input]]:
        """Give time (ms) and input of what happens next, for ever; decisions come in by `react`."""
        while True:
            self._now, _, what, names = heapq.heappop(self._due)
            made = self._do(what, names)
            if made is not None:
                yield START_MS + self._now, made

    def react(self, decisions: Iterable[Decision]) -> None:
        """Take in what was decided; everyone concerned plans the next step."""
        for decision in decisions:
            body = decision.body
            match body:
                case ConversationOffered():
                    self._answer(body)
                case ConversationAssigned():
                    self._work(body)
                case ConversationClosed(agent=str(name)):
                    self._wrap_up(name, body.conversation, body.wrapup_until)
                    del self._lives[body.conversation]
                case ConversationClosed() | Abandoned():
                    self._leave(body.conversation)
                    del self._lives[body.conversation]
                case ConversationDeflected():
                    self._consider(body)
                case ConversationRequeued():
                    if isinstance(body.agent, str):
                        self._wrap_up(body.agent, body.conversation, body.wrapup_until)
                    self._come_back_to_wait(body.conversation)
                case _:
                    pass

    def _answer(self, offered: ConversationOffered) -> None:
        chance = self._rng.random()
        if chance < ACCEPTS + DECLINES:
            what = "accept" if chance < ACCEPTS else "decline"
            delay = self._rng.uniform(*ANSWER_MS)
            self._after(delay, what, offered.conversation, offered.offer, offered.agent)

    def _consider(self, deflected: ConversationDeflected) -> None:
        chance = self._rng.random()
        if chance < TAKES_UP + GOES_ON_WAITING:
            what = "take_up" if chance < TAKES_UP else "go_on_waiting"
            delay = self._rng.uniform(*ANSWER_MS)
            self._after(delay, what, deflected.conversation, deflected.deflection)

    def _come_back_to_wait(self, conversation: str) -> None:
        # Who was deflected has never left.
        if conversation not in self._waiting:
            self._waiting.add(conversation)
            self._come_back += self._lives[conversation].overloaded

    def _work(self, assigned: ConversationAssigned) -> None:
        self._leave(assigned.conversation)
        channel = self._lives[assigned.conversation].channel
        what = "transfer" if self._rng.random() < TRANSFERS else "end"
        delay = self._rng.expovariate(1 / HANDLE_MS[channel])
        self._after(delay, what, assigned.conversation, assigned.agent)

    def _wrap_up(self, name: str, conversation: str, until: int | UnsetType | None) -> None:
        delay = self._rng.expovariate(1 / WRAP_UP_MS)
        # Who takes longer than the policy allows has nothing left to end.
        if not isinstance(until, int) or START_MS + self._now + delay < until:
            self._after(delay, "wrapped", name, conversation)

    def _leave(self, conversation: str) -> None:
        self._waiting.discard(conversation)
        if not self._lives[conversation].overloaded:
            return
        if self._come_back:
            # Somebody came back to wait by a transfer: that one is the replacement.
            self._come_back -= 1
        else:
            self._after(self._rng.uniform(0, REPLACED_MS), "replace")

    def _after(self, delay_ms: float, what: str, *names: str) -> None:
        self._numbered += 1
        heapq.heappush(self._due, (self._now + round(delay_ms), self._numbered, what, names))

    def _do(self, what: str, names: tuple[str, ...]) -> Input | None:
        now = START_MS + self._now
        match what:
            case "arrive":
                self._after(self._rng.expovariate(1 / self._gap_ms), "arrive")
                return self._created(overloaded=False, arrived_at=now)
            case "replace":
                return self._created(overloaded=True, arrived_at=now)
            case "heartbeat" | "break" | "back" | "wrapped":
                return self._agent_does(what, names)
            case "accept" | "decline" | "take_up" | "go_on_waiting":
                return self._answers(what, names)
            case _:
                return self._conversation_does(what, names)

    def _agent_does(self, what: str, names: tuple[str, ...]) -> Input:
        known = self._world.envelope("agents", START_MS + self._now)
        match what:
            case "heartbeat":
                self._after(HEARTBEAT_MS, "heartbeat", *names)
                return AgentHeartbeat(**known, agent=names[0])
            case "wrapped":
                return AgentWrapupEnded(**known, agent=names[0], conversation=names[1])
            case "break":
                self._after(self._rng.expovariate(1 / BREAK_MS), "back", *names)
                return AgentPresence(**known, agent=names[0], presence=Presence.BREAK)
            case _:
                self._after(self._rng.expovariate(1 / WORK_MS), "break", *names)
                return AgentPresence(**known, agent=names[0], presence=Presence.AVAILABLE)

    def _answers(self, what: str, names: tuple[str, ...]) -> Input:
        known = self._world.envelope("conversations", START_MS + self._now)
        name, offered = names[:2]
        match what:
            case "accept":
                return OfferAccepted(**known, conversation=name, offer=offered, agent=names[2])
            case "decline":
                return OfferDeclined(**known, conversation=name, offer=offered, agent=names[2])
            case "take_up":
                return DeflectionAccepted(**known, conversation=name, deflection=offered)
            case _:
                return DeflectionDeclined(**known, conversation=name, deflection=offered)

    def _conversation_does(self, what: str, names: tuple[str, ...]) -> Input | None:
        name = names[0]
        if what in ("abandon", "update") and name not in self._waiting:
            return None
        known = self._world.envelope("conversations", START_MS + self._now)
        match what:
            case "end":
                return ConversationEnded(**known, conversation=name, agent=names[1])
            case "transfer":
                to = TransferTarget(queue=self._world.colleague_queue(self._lives[name].topic))
                return ConversationTransferred(**known, conversation=name, agent=names[1], to=to)
            case "update":
                return ConversationUpdated(**known, conversation=name, priority=100)
            case _:
                return ConversationAbandoned(**known, conversation=name)

    def _created(self, *, overloaded: bool, arrived_at: int) -> Input:
        rng = self._rng
        self._born += 1
        name = f"conversation-{self._born}"
        life = self._lives[name] = self._world.draw(overloaded=overloaded, rng=rng)
        self._waiting.add(name)
        self._after(rng.expovariate(1 / self._patience_ms), "abandon", name)
        if rng.random() < UPDATES:
            self._after(rng.uniform(0, 2 * ANSWER_MS[1]), "update", name)
        now = START_MS + self._now
        return self._world.created(name, life, now=now, arrived_at=arrived_at, rng=rng)


def _arrivals_with_room(agents: int) -> float:
    """Work out arrivals a ms for the teams with agents to spare, so that they are as busy as said."""
    served = [
        sum(AT_MOST[channel] / (HANDLE_MS[channel] + WRAP_UP_MS) for channel in mix) / len(mix)
        for mix in MIXES
    ]
    return LOAD_WITH_ROOM * agents / 2 * sum(served) / len(served)
