"""The time, handed in: rules and storage never read it themselves."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""
