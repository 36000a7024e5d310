"""The rules of a world as an operator would have written them, and compiled by the router's own code.

They say what `World.policy` says, so both decide the same; in front of the queues stand conditions
on attributes, customer and channel that are tried on every creation and never hold. What a replay
costs more under these rules is the cost of qualification.
"""

from typing import Final

import msgspec

from loadtests.worlds import LEASE_MS, LEVELS, OnePolicy, World, topic
from router.model.policy import Policies
from router.rules.loading import loads

CONDITIONS: Final = 12
HEAD: Final = """\
version: 1
channels:
  voice: {units: 100, exclusive: true, offer: {mode: manual, expires: 20s}, wrap_up: {at_most: 60s}}
  chat: {units: 33, at_most: 3, offer: {mode: automatic}, wrap_up: {at_most: 30s}}
  email: {units: 25, offer: {mode: manual, expires: 2m}, wrap_up: {fixed: 0s}}
"""
SELECTS: Final = "{proficiency: 4, idle: 2, load: -1, overqualified: -5}"
ORDERS: Final = ("{by: priority, ageing: 1/s}", "{by: target, target: {within: 2m}, ageing: 1/s}")


def rules_text(world: World) -> str:
    """Write the rules of a world as YAML."""
    names = [topic(number) for number in range(world.size.queues)]
    lines = [
        HEAD.rstrip(),
        f"agents: {{capacity: 100, lease: {LEASE_MS // 1000}s}}",
        "skills: {" + ", ".join(f"{name}: 1..{max(LEVELS)}" for name in names) + "}",
        "topics: [" + ", ".join(names) + "]",
        "teams:",
        *(f"  team-{number}: {{}}" for number in range(world.teams)),
        "qualification:",
    ]
    for number in range(CONDITIONS):
        lines += (
            f"  - name: never {number}",
            f'    when: attributes.amount_eur > {1_000 + number} && customer.tier != "gold"',
            "    set: {priority: +100}",
        )
    lines.append("queues:")
    for number, name in enumerate(names):
        lines += (
            f"  {name}:",
            f'    takes: topic == "{name}"',
            f'    requires: {{{name}: ">= level", language: same}}',
            f"    order: {ORDERS[number % len(ORDERS)]}",
            f"    selects: {SELECTS}",
        )
    return "\n".join(lines) + "\n"


def compiled(world: World) -> Policies:
    """Compile the rules of a world, under the version the world's own policy has."""
    own = loads(rules_text(world)).policies[0]
    return OnePolicy(msgspec.structs.replace(own, version=world.policy().version))
