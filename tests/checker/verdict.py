"""What the checker finds in a story that a test tells."""

from tests.checker import Centre, check
from tests.checker.report import Rule
from tests.checker.story import Story


def broken(story: Story, *, centre: Centre | None = None) -> set[Rule]:
    """Tell which promises the checker finds broken."""
    return set(check(story.topics(), centre=centre or Centre()).broken())
