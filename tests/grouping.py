"""Which tests share a worker of pytest-xdist.

`--dist loadgroup` of pytest-xdist 3.8 writes groups into node ids, which pytest 9.2 does not let it change: each worker
would start programs of its own for every group. So the group is read from the node id itself.
"""

import re
from typing import Final

from xdist.scheduler import LoadScopeScheduling

STORIES: Final = "tests/story/"
WHOLE_FILES: Final = ("tests/sandbox/page/", "tests/docs/")
_PAIR: Final = re.compile(r"(socket|http)-(sqlite|postgresql)")


class Grouped(LoadScopeScheduling):
    """Tests of stories share a worker with those of their file, transport and database, tests of the page with those of
    their file (a browser's loop must end before another test's begins), and tests of the documentation (the site is
    built once); others go anywhere."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The name of the group; a test of no group is one by itself."""
    if nodeid.startswith(WHOLE_FILES):
        return nodeid.partition("::")[0]
    if not nodeid.startswith(STORIES):
        return nodeid
    path, _, test = nodeid.partition("::")
    pair = _PAIR.search(test)
    return f"{path}@{pair.group()}" if pair else path
