from collections import Counter
from itertools import pairwise

import pytest

from router.demo.day import CHANNELS, Hours, visits

HOURS = Hours(60.0)
SEEDS = range(8)


def test_everybody_comes_within_opening_hours_one_after_the_other() -> None:
    day = list(visits(1, hours=HOURS, per_second=55))

    assert all(0 <= visit.at <= 60 for visit in day)
    assert all(one.at <= next_.at for one, next_ in pairwise(day))
    assert [visit.id for visit in day] == [f"c{number:05}" for number in range(1, len(day) + 1)]


def test_days_are_as_busy_as_asked_and_never_the_same() -> None:
    counts = [len(list(visits(seed, hours=HOURS, per_second=55))) for seed in SEEDS]

    assert sum(counts) / len(counts) == pytest.approx(55 * 60, rel=0.08)
    assert len(set(counts)) > 1


def test_the_morning_is_the_busiest_and_the_evening_the_quietest() -> None:
    by_hour: Counter[int] = Counter()
    for seed in SEEDS:
        by_hour.update(
            int(HOURS.hour(each.at)) for each in visits(seed, hours=HOURS, per_second=55)
        )

    assert by_hour.most_common(1)[0][0] == 10
    assert by_hour[17] < by_hour[12] < by_hour[10]


def test_the_same_seed_brings_the_same_people_however_many_came_before() -> None:
    first, second = (list(visits(7, hours=HOURS, per_second=20)) for _ in range(2))
    later = next(visits(7, hours=HOURS, per_second=20, first=101))

    assert first == second
    assert later.facts == first[100].facts
    assert first != list(visits(8, hours=HOURS, per_second=20))


def test_people_come_by_every_channel_and_say_in_words_or_by_a_menu_what_they_want() -> None:
    day = list(visits(1, hours=HOURS, per_second=55))
    channels = Counter(visit.channel for visit in day)

    assert channels.keys() == CHANNELS.keys()
    for visit in day:
        assert (visit.facts["text"] is None) == (visit.channel == "voice")
        assert "topic" not in visit.facts, "finding the topic is the rules' work"
        assert (visit.patience_s is None) == (visit.channel == "email")


@pytest.mark.parametrize(
    ("second", "clock"), [(-3, "08:30"), (0, "08:30"), (30, "13:30"), (60, "18:30"), (75, "18:30")]
)
def test_the_clock_of_the_day_runs_from_opening_to_closing(second: float, clock: str) -> None:
    assert HOURS.clock(second) == clock
    assert HOURS.second(HOURS.hour(second)) == pytest.approx(second)
