"""Every table there is: a module of models is known to SQLAlchemy once it is imported."""

from typing import Final

from sqlalchemy import MetaData

from storage import (
    audit_models,
    erasure_models,
    home_models,
    interaction_models,
    models,
    plan_models,
    play_models,
    usage_alert_models,
    usage_models,
)
from storage.base import Base

MODELS: Final = (
    audit_models,
    erasure_models,
    home_models,
    interaction_models,
    models,
    plan_models,
    play_models,
    usage_alert_models,
    usage_models,
)
TABLES: Final[MetaData] = Base.metadata
