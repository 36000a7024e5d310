"""Judge a router by what it published, and by nothing else.

Reads the six topics with another client library than the router's, knows the contract and none of
the router's code, and reports every promise that the topics prove broken: an input that was lost or
had its effect twice, a conversation with two agents, an agent given more than he can carry. A
promise that the topics can neither prove nor deny is not reported. Run it with
`python -m tests.checker`; tests call `read_topics` and `check`.
"""

from tests.checker.centre import Centre
from tests.checker.judge import check
from tests.checker.report import Report, Violation
from tests.checker.topics import Record, Topics, read_topics

__all__ = ["Centre", "Record", "Report", "Topics", "Violation", "check", "read_topics"]
