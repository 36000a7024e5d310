"""Runs: of some labels an agent gets only so many in a row, then something else must come between.

A conversation counts for a run when it is assigned, whoever gave it. A run ends with a conversation
that does not have the label, or when the agent goes offline; no time ends it. Whoever has had
enough is given no more by the matching; a supervisor may still give it.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool


def had_another(pool: Pool, agent: Agent, labels: tuple[str, ...]) -> None:
    """Count a conversation with these labels that is an agent's from now on."""
    before = agent.record.runs
    if not (before or pool.crew.runs):
        return
    runs = {name: before.get(name, 0) + 1 for name in labels if name in pool.crew.run_bits}
    if runs != before:
        _run(pool, agent, runs)


def begin_anew(pool: Pool, agent: Agent) -> None:
    """End every run of an agent (in hand)."""
    if agent.record.runs:
        _run(pool, agent, {})


def bits_of_runs(pool: Pool, runs: dict[str, int]) -> int:
    """Give what having had enough in a row adds to a load code."""
    labels = pool.policy.labels
    return sum(
        bit
        for name, bit in pool.crew.run_bits.items()
        if runs.get(name, 0) >= (labels[name].in_a_row or 0)
    )


def _run(pool: Pool, agent: Agent, runs: dict[str, int]) -> None:
    agent.record.runs = runs
    pool.touch_agent(agent.record)
    code = agent.code & ~pool.crew.runs | bits_of_runs(pool, runs)
    if code != agent.code:
        if agent.bucket is not None:
            pool.take_in_hand(agent)
        agent.code = code
