"""What the router counts, for Prometheus.

Promises: a decision is counted when it is committed and not before; labels come from closed lists
and never name a customer, an agent, a conversation or a pool; durations are in seconds; each help
text says how its figure is made. Reads committed state only where it is told what that is.
"""

import time
from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from router.daemon.errors import Cause
from router.daemon.histogram import Histogram
from router.daemon.views import Service
from router.model.inputs import Topic
from router.model.outputs import (
    OUTCOMES,
    CommandRefused,
    ConversationAssigned,
    Decision,
    InputRefused,
    Judged,
)
from router.model.reasons import Refusal, Unreadable
from router.wire.dead_letters import DeadLetter

SHORT_S: Final = (
    *(0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5),
    *(0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0),
)
LATENCY_S: Final = (
    *(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
RESTORE_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

_stamp_of = attrgetter("timestamp")
_body_of = attrgetter("body")


class Described(NamedTuple):
    """A figure as it is published: full name, kind, labels, and how it is made."""

    name: str
    kind: str
    labels: tuple[str, ...]
    text: str


class Committed(Protocol):
    """What one transaction held, as far as it is counted."""

    chunks: list[tuple[int, list[Any], float]]
    """Inputs taken: which input, records, seconds to decide one of them."""
    decisions: list[Decision]
    dead_letters: list[DeadLetter]


class Metrics:
    """All figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        # When a counter began is told by the process; a second series for each label is not needed.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no type for it
        self.registry = CollectorRegistry()
        self.described: list[Described] = []
        """Every figure, in the order in which they are made."""
        self._inputs = self._counter(
            "inputs",
            "Inputs applied and committed, dead letters and refused ones included.",
            "topic",
        )
        self._decisions = self._counter("decisions", "Decisions committed, by event type.", "type")
        self._refusals = self._counter(
            "refusals",
            "Inputs and commands refused (input.refused and command.refused), committed.",
            "reason",
        )
        self._dead_letters = self._counter(
            "dead_letters", "Inputs that could not be read, notices committed.", "reason"
        )
        self._transactions = self._counter(
            "transactions", "Transactions, by whether they were committed.", "result"
        )
        self._ended = self._counter("lives_ended", "Lives of shards that ended, by cause.", "cause")
        self._restores = self._counter("restores", "Shards taken over and restored.")
        self._stalls = self._counter(
            "event_loop_stalls", "Times the process stood still for longer than the setting allows."
        )
        self._waiting = self._gauge(
            "waiting", "Conversations waiting in queues of this name, all pools together.", "queue"
        )
        self._ended_waits = self._gauge(
            "waits_ended",
            "Waits that ended lately in queues of this name, by an agent or by the customer's leaving, all"
            " pools together, where the rules ask for a status: what a service level is a part of.",
            "queue",
        )
        self._in_time = self._gauge(
            "waits_in_time", "Those of them that an agent ended in time.", "queue"
        )
        self._target = self._gauge(
            "service_target",
            "The part of waits_ended that should be waits_in_time, 0 to 1, where the rules say so; the"
            " highest, where pools differ.",
            "queue",
        )
        self._missing = self._gauge(
            "repetition_window_missing_seconds",
            "What the window in which a repeated event is refused lacks, in the pool where it lacks most:"
            " more ids came in it than are remembered (repetition.at_most). 0: it is whole everywhere.",
        )
        self._lag = self._gauge(
            "lag",
            "Records on the broker that are not applied and committed yet, all running shards together.",
            "topic",
        )
        self._silence = self._gauge(
            "intake_silence_seconds",
            "Since the broker answered last, with what could be read, for the input partition it was"
            " silent about for longest, of those that are read for.",
        )
        self._shards = self._gauge(
            "shards",
            "Shards: all there are (total), dealt to this process (owned), restored (running).",
            "state",
        )
        self._policy = self._gauge(
            "policy_info",
            "Always 1; the label is the version of the rules in force in a pool that is held here. An"
            " instance that holds no pool yet has none; whether it read its rules is told by"
            " rules_last_reload_successful.",
            "version",
        )
        self._rules_successful = self._gauge(
            "rules_last_reload_successful",
            "1: the rules as last read are in force; 0: they had a mistake, and those before them stay.",
        )
        self._rules_success_time = self._gauge(
            "rules_last_success_timestamp_seconds",
            "When rules without a mistake were read last, at start or later (Unix time).",
        )
        self._reloads = self._counter(
            "rules_reloads",
            "Times the rules were read while running, by whether they were taken.",
            "result",
        )
        self._unanswered = self._counter(
            "conditions_unanswered",
            "Times a condition of a rule or queue could not be answered and so did not hold:"
            " what it asks for was not there (missing), or was no such value (unusable).",
            *("of", "name", "cause"),
        )
        self._rules_time = self._histogram(
            "rules_change_seconds",
            "Changing a shard over to other rules, all its pools together; nothing else moves meanwhile.",
            LATENCY_S,
        )
        self._decision_time = self._histogram(
            "decision_seconds",
            "Reading, deciding and encoding one input: time for a chunk of at most 64 inputs"
            " of one topic, divided by their number.",
            SHORT_S,
        )
        self._latency = self._histogram(
            "end_to_end_seconds",
            "From the timestamp of an input's record to the commit of what was decided.",
            LATENCY_S,
        )
        self._transaction_time = self._histogram(
            "transaction_seconds",
            "From the begin of a committed transaction to its commit, deciding not included.",
            LATENCY_S,
        )
        self._restore_time = self._histogram(
            "restore_seconds", "From taking a shard over to deciding for it.", RESTORE_S
        )
        self._estimates = self._counter(
            "estimates",
            "Conversations given to an agent that had been told a wait (not that there is none): they"
            " waited no longer than p50, no longer than p90, or beyond. Nine in ten should not be beyond,"
            " half should be within p50.",
            "queue",
            "within",
        )
        self._estimated_time = self._counter(
            "estimated_wait_seconds", "The p50 that these conversations were told, summed.", "queue"
        )
        self._actual_time = self._counter(
            "estimated_wait_actual_seconds",
            "What these conversations waited from then on, summed.",
            "queue",
        )
        self._known_queues: set[str] = set()
        self._prepare_labels()

    def committed(self, batch: Committed, *, took: float) -> None:
        """Count what one committed transaction holds; `took` seconds from its begin to its commit."""
        now_ms = time.time_ns() / 1_000_000
        for source, records, seconds in batch.chunks:
            self._by_topic[source].inc(len(records))
            self._decision_time.observe(seconds, len(records))
            for stamp, times in Tally(map(_stamp_of, records)).items():
                self._latency.observe(max(0.0, (now_ms - stamp) / 1_000), times)
        for kind, times in Tally(map(type, map(_body_of, batch.decisions))).items():
            self._by_type[kind].inc(times)
            if kind is InputRefused:
                for decision in batch.decisions:
                    if type(decision.body) is InputRefused:
                        self._refusals.labels(decision.body.reason).inc()
            elif kind is CommandRefused:
                for decision in batch.decisions:
                    if type(decision.body) is CommandRefused:
                        self._refusals.labels(decision.body.code).inc()
            elif kind is ConversationAssigned:
                self._judge(batch.decisions)
        for letter in batch.dead_letters:
            self._dead_letters.labels(letter.reason.value).inc()
        self._committed.inc()
        self._transaction_time.observe(took)

    def _judge(self, decisions: Iterable[Decision]) -> None:
        """Count how long those waited who had been told how long."""
        for decision in decisions:
            body = decision.body
            if type(body) is not ConversationAssigned:
                continue
            said, queue = body.estimate_s, body.queue
            if not isinstance(said, Judged) or said.p90 <= said.p50:
                continue
            within = "p50" if said.actual <= said.p50 else "p90"
            if said.actual > said.p90:
                within = "beyond"
            self._estimates.labels(queue, within).inc()
            self._estimated_time.labels(queue).inc(said.p50)
            self._actual_time.labels(queue).inc(said.actual)

    def failed_transaction(self) -> None:
        """Count a transaction whose end is unknown, or that was not committed."""
        self._failed.inc()

    def restored(self, seconds: float) -> None:
        """Count a shard that was taken over."""
        self._restores.inc()
        self._restore_time.observe(seconds)

    def life_ended(self, cause: Cause) -> None:
        """Count the end of a shard's life."""
        self._ended.labels(cause.value).inc()

    def stalled(self) -> None:
        """Count a standstill of the process."""
        self._stalls.inc()

    def show_shards(self, *, total: int, owned: int, running: int) -> None:
        """Set how many shards there are, are ours, are restored."""
        for state, count in (("total", total), ("owned", owned), ("running", running)):
            self._shards.labels(state).set(count)

    def show_repetition(self, *, missing_s: float) -> None:
        """Set what the window of repetition lacks, where it lacks most."""
        self._missing.set(missing_s)

    def show_silence(self, seconds: float) -> None:
        """Set how long nothing was heard of some input."""
        self._silence.set(seconds)

    def show_policies(self, versions: set[str]) -> None:
        """Set which versions of the rules are in force."""
        self._policy.clear()
        for version in versions:
            self._policy.labels(version).set(1)

    def show_rules(self, succeeded_at: float, *, successful: bool) -> None:
        """Set whether the rules as last read are in force, and when some last were (Unix time)."""
        self._rules_successful.set(successful)
        self._rules_success_time.set(succeeded_at)

    def reloaded(self, *, successful: bool) -> None:
        """Count rules that were read while running."""
        self._reloads.labels("taken" if successful else "refused").inc()

    def unanswered(self, of: str, name: str, *, cause: str, times: int) -> None:
        """Count conditions of a rule or queue that could not be answered."""
        self._unanswered.labels(of, name, cause).inc(times)

    def changed_rules(self, seconds: float) -> None:
        """Count a shard that changed over to other rules."""
        self._rules_time.observe(seconds)

    def show_lag(self, lag: Mapping[str, int]) -> None:
        """Set how many records wait on the broker, by input topic without its prefix."""
        for topic, records in lag.items():
            self._lag.labels(topic).set(records)

    def show_waiting(self, waiting: Mapping[str, int]) -> None:
        """Set how many conversations wait, by queue; a queue that is gone has none."""
        for queue in waiting.keys() - self._known_queues:
            for within in ("p50", "p90", "beyond"):
                self._estimates.labels(queue, within)
        self._known_queues |= waiting.keys()
        for queue in self._known_queues:
            self._waiting.labels(queue).set(waiting.get(queue, 0))

    def show_service(self, queues: Mapping[str, Service]) -> None:
        """Set how waits ended lately, by queue, and how they should."""
        for gauge in (self._ended_waits, self._in_time, self._target):
            gauge.clear()
        for queue, served in queues.items():
            self._ended_waits.labels(queue).set(served.ended)
            self._in_time.labels(queue).set(served.in_time)
            if served.target is not None:
                self._target.labels(queue).set(served.target)

    def text(self) -> tuple[bytes, str]:
        """Give all figures in Prometheus's text format, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _prepare_labels(self) -> None:
        """Resolve the labels of the hot path once, and show every closed list from zero on."""
        self._by_topic = [self._inputs.labels(topic.value) for topic in Topic]
        self._by_type = {each: self._decisions.labels(each.type) for each in OUTCOMES}
        self._committed = self._transactions.labels("committed")
        self._failed = self._transactions.labels("failed")
        for result in ("taken", "refused"):
            self._reloads.labels(result)
        for counter, words in (
            (self._refusals, Refusal),
            (self._dead_letters, Unreadable),
            (self._ended, Cause),
        ):
            for word in words:
                counter.labels(word.value)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        self.described.append(Described(f"contact_router_{name}_total", "counter", labels, text))
        return Counter(f"contact_router_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        self.described.append(Described(f"contact_router_{name}", "gauge", labels, text))
        return Gauge(f"contact_router_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, bounds: tuple[float, ...]) -> Histogram:
        self.described.append(Described(f"contact_router_{name}", "histogram", (), text))
        histogram = Histogram(f"contact_router_{name}", text, bounds=bounds)
        self.registry.register(histogram)
        return histogram
