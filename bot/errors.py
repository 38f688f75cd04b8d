"""What ends a command: a sentence for the person and an exit code (contract: 1 the work failed, 2 wrong usage)."""

FAILED = 1
WRONG_USAGE = 2


class Failure(Exception):
    """The work failed. The message is one or two plain sentences naming what to change."""

    exit_code = FAILED


class WrongUsage(Failure):
    """A setting or an argument is wrong."""

    exit_code = WRONG_USAGE
