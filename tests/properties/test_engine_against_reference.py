"""Engine and reference live through the same stories and decide the same, word for word.

Hypothesis looks for short stories; a seeded generator tells long ones. After every step the
decisions are equal, the invariants hold, and the changes given out fold into the snapshot.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.properties.chance import Chance, Dice, Drawn
from tests.properties.story import Story
from tests.properties.worlds import (
    World,
    a_centre_in_storms,
    a_centre_that_counts,
    a_centre_that_helps,
    a_centre_that_rings_back,
    a_crowd,
    a_lively_floor,
    a_world,
)

STEPS = int(os.environ.get("CONTACT_ROUTER_STEPS", "20000"))
"""How many steps the long stories have together; more of them for a night's run."""
FIRST_SEED = int(os.environ.get("CONTACT_ROUTER_SEED", "1"))
STEPS_A_STORY = 250
STORIES = 8
EVERY_SIXTEENTH: dict[int, Callable[[Chance], World]] = {
    0: a_crowd,
    5: a_centre_in_storms,
    7: a_centre_that_rings_back,
    **dict.fromkeys((10, 15), a_centre_that_helps),
    **dict.fromkeys((2, 11), a_centre_that_counts),
    **dict.fromkeys((3, 6, 9, 13), a_lively_floor),
}
"""Which seeds have a world of their own, by their remainder."""
WORLDS = (
    *(a_world, a_lively_floor, a_centre_that_counts, a_centre_in_storms),
    a_centre_that_helps,
)


class Centre(RuleBasedStateMachine):
    """A contact centre where anything may happen next."""

    def __init__(self) -> None:
        super().__init__()
        self.story: Story | None = None

    @initialize(data=st.data())
    def open(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(WORLDS))
        self.story = Story(made(Drawn(data)))
        if data.draw(st.booleans()):
            self.story.open(Drawn(data))

    @rule(data=st.data(), times=st.integers(1, 6))
    def happen(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self._told.happen(Drawn(data))

    @rule(data=st.data())
    def wait(self, data: st.DataObject) -> None:
        self._told.wait(Drawn(data))

    @rule()
    def restart_from_snapshot(self) -> None:
        self._told.restart_from_snapshot()

    @rule()
    def restart_from_changes(self) -> None:
        self._told.restart_from_changes()

    @rule(data=st.data())
    def restart_with_other_rules(self, data: st.DataObject) -> None:
        self._told.restart_with_other_rules(Drawn(data))

    @rule(data=st.data())
    def swap_rules(self, data: st.DataObject) -> None:
        self._told.swap_rules(Drawn(data))

    @invariant()
    def is_sound(self) -> None:
        if self.story is not None:
            self.story.check_state()

    def teardown(self) -> None:
        if self.story is not None:
            note("\n".join(self.story.lines))

    @property
    def _told(self) -> Story:
        assert self.story is not None
        return self.story


# Where a story fails, Hypothesis may look up to five minutes for a shorter one.
TestShortStories = pytest.mark.timeout(900)(Centre.TestCase)
TestShortStories.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.timeout(max(300, STEPS // 20))
@pytest.mark.parametrize("share", range(STORIES))
def test_engine_and_reference_decide_the_same_all_day_long(share: int) -> None:
    stories = STEPS // STORIES // STEPS_A_STORY
    for seed in range(FIRST_SEED + share * stories, FIRST_SEED + (share + 1) * stories):
        tell(seed)


@pytest.mark.parametrize("seed", range(16, 32))
def test_what_the_engine_forgets_to_save_room_it_works_out_again(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.engine.room.MOST_SIGNATURES", 1)
    monkeypatch.setattr("router.engine.selection.MOST_JOINS", 1)
    monkeypatch.setattr("router.engine.crew.MOST_BUCKETS", 1)
    monkeypatch.setattr("router.engine.repetition.MERGE_AFTER", 2)
    tell(seed)


@pytest.mark.parametrize("seed", range(32, 48))
def test_what_was_measured_long_ago_counts_less_in_both(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("router.engine.measures", "tests.reference.estimates"):
        monkeypatch.setattr(f"{module}.SERVED_LATELY", 2)
        monkeypatch.setattr(f"{module}.WAITED_LATELY", 2)
    tell(seed)


@pytest.mark.parametrize("seed", range(1, 33))
def test_engine_and_reference_agree_where_the_rules_never_stay(seed: int) -> None:
    tell(seed, step=restless_step)


Step = Callable[[Story, Chance], None]


def tell(seed: int, step: Step | None = None) -> None:
    """Tell the story of a seed; its last steps are printed where engine and reference part."""
    dice, step = Dice(seed), step or usual_step
    story = Story(EVERY_SIXTEENTH.get(seed % 16, a_world)(dice))
    try:
        if seed % 2:
            story.open(dice)
        for _ in range(STEPS_A_STORY * (2 if story.world.crowded else 1)):
            step(story, dice)
            story.check_state()
    except Exception as error:  # whatever it was, it is raised again with the story
        error.add_note(f"tell({seed}), the last of {len(story.lines)} lines:")
        error.add_note("\n".join(story.lines[-25:]))
        raise


def restless_step(story: Story, chance: Chance) -> None:
    """Let something happen, and often other rules come into force."""
    match chance.number(0, 7):
        case 0:
            story.restart_with_other_rules(chance)
        case 1:
            story.swap_rules(chance)
        case _:
            story.happen(chance)


def usual_step(story: Story, chance: Chance) -> None:
    """Let something happen, mostly an event."""
    match chance.number(0, 99):
        case n if n < 87:
            story.happen(chance)
        case n if n < 95:
            story.wait(chance)
        case 95:
            story.restart_from_snapshot()
        case 96 | 97:
            story.restart_from_changes()
        case 98:
            story.restart_with_other_rules(chance)
        case _:
            story.swap_rules(chance)
