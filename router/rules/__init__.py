"""The language operators write: YAML rule files to immutable, versioned policies.

``load`` a file or folder (``loads`` a text) and get a ``RuleSet`` that knows the policy of every
pool, or a ``RulesError`` that holds every problem with file, line, column and what was probably
meant. The room decides nothing about conversations itself; it never executes what it reads.
"""

from router.rules.loading import RuleSet, load, loads
from router.rules.problems import Problem, RulesError, Severity

__all__ = ["Problem", "RuleSet", "RulesError", "Severity", "load", "loads"]
