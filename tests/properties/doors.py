"""Who comes to which queue, and when it is open: rules without a language, made for short stories."""

from dataclasses import dataclass

from router.model.policy import Facts, Verdict


@dataclass(frozen=True)
class Door:
    """Which conversations a queue takes."""

    queue: str
    topics: frozenset[str]
    least_level: int = 0

    def open_to(self, facts: Facts) -> bool:
        """Tell whether these facts go in."""
        return facts.topic in self.topics and (facts.level or 0) >= self.least_level


@dataclass(frozen=True)
class ByTopic:
    """Qualification by topic, level, an attribute and one word of the text."""

    doors: tuple[Door, ...]
    usual_level: int | None

    def qualify(self, facts: Facts) -> Verdict:
        """Apply the qualification rules, then find the queue."""
        angry = "angry" in (facts.text_rules if facts.text is None else facts.text)
        vip = facts.attributes.get("vip") is True
        priority = facts.priority if facts.priority is not None else 100 * angry
        priority += 20 * (vip and not facts.hops)
        if facts.ordered_priority is not None:
            priority = facts.ordered_priority
        found = Facts(
            channel=facts.channel,
            topic=facts.topic or "other",
            level=self.usual_level if facts.level is None else facts.level,
            language=facts.language,
            skills={**facts.skills, **({"calm": 2} if vip else {})},
        )
        return Verdict(
            queue=self.queue_for(found),
            topic=found.topic,
            level=found.level,
            language=found.language,
            priority=priority,
            skills=found.skills,
            labels=tuple(
                name
                for name, has in (("angry", angry), ("hard", (found.level or 0) > 1), ("vip", vip))
                if has
            ),
            rules=("angry",) * angry + ("vip",) * vip + ("usual",),
            text_rules=frozenset({"angry"} if angry else ()),
        )

    def qualify_as_if(self, facts: Facts) -> Verdict:
        """Qualify: nothing is counted here."""
        return self.qualify(facts)

    def queue_for(self, facts: Facts) -> str | None:
        """Find the first queue that takes these facts, without the rules."""
        return next((door.queue for door in self.doors if door.open_to(facts)), None)


@dataclass(frozen=True)
class Shifts:
    """A calendar that is open and closed by turns; ``closed_ms`` 0: it never closes."""

    open_ms: int
    closed_ms: int
    first: int

    def is_open(self, at: int) -> bool:
        """Tell whether it is open at a time."""
        return (at - self.first) % (self.open_ms + self.closed_ms) < self.open_ms

    def next_change(self, after: int) -> int:
        """Give the first later time at which it opens or closes, or else when to ask again."""
        since = (after - self.first) % (self.open_ms + self.closed_ms)
        lasts = self.open_ms if since < self.open_ms else self.open_ms + self.closed_ms
        return after - since + lasts
