"""Rest: so long after a conversation, and longer after some, an agent is given nothing new.

A rest begins when the work on a conversation is over, wrap-up included, or when he has come free
after too much work, and ends by its timer alone. What the agent has, and what he is offered
already, stays.
"""

from router.engine.groups import Agent
from router.engine.pool import Pool
from router.model.policy import Policy


def rest_after(pool: Pool, agent: Agent, labels: tuple[str, ...]) -> None:
    """Let an agent (in hand) rest who is done with a conversation that had these labels."""
    rest = rest_ms(pool.policy, labels)
    if rest:
        rest_until(pool, agent, pool.now + rest)


def rest_ms(policy: Policy, labels: tuple[str, ...]) -> int:
    """Give how long one rests who is done with a conversation that had these labels."""
    rest = policy.agents.rest_ms
    for name in labels:
        label = policy.labels.get(name)
        if label is not None and label.rest_ms > rest:
            rest = label.rest_ms
    return rest


def rest_until(pool: Pool, agent: Agent, until: int) -> None:
    """Let an agent (in hand) rest until then, if he does not for longer."""
    if agent.record.rests_until is None or agent.record.rests_until < until:
        agent.record.rests_until = until
        pool.set_timer("rest_ends", agent.id, until)
        pool.touch_agent(agent.record)


def rest_over(pool: Pool, agent: Agent) -> None:
    """Give an agent work again whose rest is over."""
    pool.take_in_hand(agent)
    agent.record.rests_until = None
    pool.touch_agent(agent.record)
