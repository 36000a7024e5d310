"""A queue is served by the teams its rules name, and by more of them when it has waited."""

from router.engine.obstacles import obstacle
from router.model.inputs import CommandAssign
from tests.unit.engine.centre import POOL, RULES, Centre

TEAMS = RULES.replace(
    "queues:",
    "teams: {in_house: {}, paris: {}, lyon: {partner: true}}\nqueues:",
).replace(
    'takes: topic == "contracts"',
    """takes: topic == "contracts"
    teams: [paris]
    expands: [{after: 1m, teams: [paris, in_house]}, {after: 2m, then: anyone}]""",
)


def passed_over(story: Centre, conversation: str, agent: str) -> str | None:
    pool = story.engine.pools[POOL]
    found = obstacle(pool, pool.conversations[conversation], agent)
    return found and f"{found.reason.value}: {found.words}"


def test_an_agent_of_another_team_is_not_called_however_good() -> None:
    story = Centre(TEAMS)
    story.works("ana", {"contracts": 3})
    assert story.asks("c1", topic="contracts") == ["queued c1 in contracts at 1"]
    assert passed_over(story, "c1", "ana") == "team: is of team in_house, it is for: team paris"
    assert story.works("bob", {"contracts": 1}, team="paris") == ["assigned c1 to bob"]


def test_a_step_lets_another_team_help_who_meet_the_requirement() -> None:
    story = Centre(TEAMS)
    story.works("ana", {"contracts": 1})
    story.works("bob")
    story.asks("c1", topic="contracts")
    assert story.wait(59) == []
    assert story.wait(1) == ["expanded c1 in contracts: 1 {'contracts': 1}", "assigned c1 to ana"]


def test_a_partner_is_called_where_a_rule_says_so_and_not_elsewhere() -> None:
    story = Centre(TEAMS)
    story.works("luc", {"contracts": 3, "reimbursement": 3}, team="lyon")
    assert story.asks("c1", topic="reimbursement") == ["queued c1 in reimbursement at 1"]
    story.asks("c2", topic="contracts")
    assert story.wait(120)[-1] == "assigned c2 to luc"
    assert passed_over(story, "c1", "luc") == "team: is of team lyon, it is for: not team lyon"


def test_a_team_that_nobody_declared_is_the_centres_own() -> None:
    story = Centre(TEAMS)
    story.works("zoe", {"reimbursement": 1}, team="trainees")
    assert story.asks("c1", topic="reimbursement")[-1] == "assigned c1 to zoe"


def test_an_agent_who_changes_to_the_team_gets_what_waits() -> None:
    story = Centre(TEAMS)
    story.works("ana", {"contracts": 3})
    story.asks("c1", topic="contracts")
    assert story.works("ana", {"contracts": 3}, team="paris") == ["assigned c1 to ana"]


def test_it_is_not_kept_for_a_preferred_agent_of_a_team_that_does_not_serve() -> None:
    story = Centre(TEAMS.replace("wait: 60s", "wait: 10m"))
    story.works("luc", {"reimbursement": 3}, team="lyon")
    story.works("ana", {"reimbursement": 1})
    asked = story.asks("c1", topic="reimbursement", preferred_agents=("luc",))
    assert asked[-1] == "assigned c1 to ana"


def test_a_supervisor_may_give_it_to_any_team() -> None:
    story = Centre(TEAMS)
    story.works("luc", {}, team="lyon")
    story.asks("c1", topic="contracts")
    ordered = story.about(CommandAssign, conversation="c1", agent="luc", by="eve", reason="now")
    assert ordered[-1] == "assigned c1 to luc"
