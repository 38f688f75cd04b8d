"""The chaos test runs by `make chaos`, which sets BATON_CHAOS; it takes longer than everything else together."""

import os

collect_ignore = [] if os.environ.get("BATON_CHAOS") else ["test_chaos.py"]
