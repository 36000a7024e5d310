"""Find the one rule set that a command is about."""

import sys
from pathlib import Path

import click

from router.cli.problems import print_problems
from router.rules import RulesError, RuleSet, load
from router.rules.compilation import Compiled


def rule_set(path: Path, pool: str | None) -> Compiled:
    """Load rules and choose one set; what is wrong with them is printed, and ends the command."""
    try:
        return chosen(load(path), pool)
    except RulesError as error:
        print_problems(error.problems)
        sys.exit(1)


def chosen(found: RuleSet, pool: str | None) -> Compiled:
    """Choose the one rule set; several without a pool to tell, or none, are wrong use."""
    if pool is None:
        if len(found.sets) == 1:
            return found.sets[0]
        raise click.UsageError("several rule sets; say for which pool with --pool")
    policy = found.for_pool(pool)
    for each in found.sets:
        if each.policy is policy:
            return each
    raise click.UsageError(f"no rules for the pool {pool}")
