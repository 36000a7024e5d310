"""What must be otherwise with the topics is said, a line for each problem."""

from collections.abc import Mapping

import pytest

from router.daemon.settings import ProducerSettings, Settings, TopicSettings
from router.daemon.topics import Found, TopicNames, problems, shard_count

NAMES = TopicNames.with_prefix("routing.")
SOUND: dict[str, dict[str, str]] = {
    name: {"cleanup.policy": "delete", "retention.ms": "604800000", "max.message.bytes": "1048588"}
    for name in NAMES.all
} | {NAMES.state: {"cleanup.policy": "compact", "max.message.bytes": "1048588"}}


def found(
    changed: Mapping[str, Mapping[str, str]] = {}, *, without: str = "", partitions: int = 8
) -> dict[str, Found]:
    return {
        name: Found(
            1 if name == NAMES.dead_letters else partitions, {**configs, **changed.get(name, {})}
        )
        for name, configs in SOUND.items()
        if name != without
    }


def test_sound_topics_have_no_problem() -> None:
    assert problems(found(), Settings()) == []
    assert shard_count(found(partitions=5), Settings()) == 5


def test_longer_retention_and_larger_messages_than_asked_are_sound() -> None:
    generous = {"retention.ms": "-1", "max.message.bytes": "8000000"}

    assert problems(found(dict.fromkeys(NAMES.all, generous)), Settings()) == []


def test_a_topic_that_is_not_there_is_named_with_what_makes_it() -> None:
    assert problems(found(without=NAMES.agents), Settings()) == [
        "routing.agents does not exist: `contact-router topics create` makes it"
    ]


@pytest.mark.parametrize(
    ("topic", "config", "value"),
    [
        (NAMES.state, "cleanup.policy", "delete"),
        (NAMES.state, "cleanup.policy", "compact,delete"),
        (NAMES.agents, "cleanup.policy", "compact"),
        (NAMES.conversations, "retention.ms", "3600000"),
        (NAMES.assignments, "retention.ms", "3600000"),
        (NAMES.commands, "max.message.bytes", "100000"),
        (NAMES.state, "max.message.bytes", "500000"),
        (NAMES.dead_letters, "max.message.bytes", "500000"),
    ],
)
def test_a_setting_that_breaks_a_promise_is_named(topic: str, config: str, value: str) -> None:
    (line,) = problems(found({topic: {config: value}}), Settings())

    assert line.startswith(f"{topic}: {config} is {value}")


def test_topics_hold_the_largest_record_however_small_batches_are() -> None:
    settings = Settings(producer=ProducerSettings(batch_bytes=65_536))
    (line,) = problems(found({NAMES.state: {"max.message.bytes": "70000"}}), settings)

    assert line.startswith(f"{NAMES.state}: max.message.bytes is 70000")


def test_sharded_topics_must_agree_on_their_partitions() -> None:
    uneven = found() | {NAMES.state: Found(4, SOUND[NAMES.state])}

    (line,) = problems(uneven, Settings())

    assert "differ in their number of partitions" in line
    assert "routing.state 4" in line


def test_topics_that_are_there_are_compared_with_what_was_asked() -> None:
    lines = problems(
        found(partitions=4), Settings(topics=TopicSettings(partitions=6)), partitions=6
    )

    assert lines[0] == (
        "routing.conversations has 4 partitions, not 6; a topic that is there is left as it is"
    )
    assert len(lines) == len(NAMES.sharded)


def test_settings_we_may_not_see_are_not_judged() -> None:
    hidden = {name: Found(each.partitions, None) for name, each in found().items()}

    assert problems(hidden, Settings()) == []
