"""What a command ends with when it does not end well.

Exit status 0 is done and 2 is wrong use (click's own `UsageError`); the two others are raised as
the errors below, from any command, with a message for standard error.
"""

import click


class FoundWrongError(click.ClickException):
    """Tell that the thing examined is wrong: bad rules, a failed proof. Exit status 1."""

    exit_code = 1


class ServerLostError(click.ClickException):
    """Tell that a server could not be reached, or was lost. Exit status 3."""

    exit_code = 3
