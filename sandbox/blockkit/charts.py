"""The charts of a `data_visualization` block.

Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
"""

from dataclasses import dataclass
from typing import cast

from sandbox.blockkit import limits
from sandbox.blockkit.problem import Problem
from sandbox.blockkit.rules import first_duplicate
from sandbox.blockkit.schema import Array, Field, Json, Number, OneOf, Out, Shape, Str, typed

_LABEL = Str(limits.CHART_LABEL, shortest=1)


@dataclass(frozen=True, slots=True)
class _Positive:
    """A number above zero."""

    def check(self, value: object, at: str, out: Out) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            out.append(Problem(at, "must provide a number"))
        elif value <= 0:
            out.append(Problem(at, "must be more than 0"))


def _labels_match(members: Json, at: str, out: Out) -> None:
    """Every series has exactly one point per category, and a name of its own."""
    categories = cast("list[str]", members["axis_config"]["categories"])
    series = cast("list[Json]", members["series"])
    repeated = first_duplicate(line["name"] for line in series)
    if repeated is not None:
        out.append(Problem(f"{at}/series/{repeated[0]}/name", "must be unique"))
    for index, line in enumerate(series):
        labels = [point["label"] for point in line["data"]]
        if sorted(labels) != sorted(categories):
            out.append(Problem(f"{at}/series/{index}/data", "must match `axis_config.categories`"))


_SEGMENT = Shape((Field("label", _LABEL, required=True), Field("value", _Positive(), required=True)))
_POINT = Shape((Field("label", _LABEL, required=True), Field("value", Number(), required=True)))
_SERIES = Shape(
    (
        Field("name", _LABEL, required=True),
        Field("data", Array(_POINT, 1, limits.CHART_POINTS), required=True),
    )
)
_AXIS = Shape(
    (
        Field("categories", Array(_LABEL, 1, limits.CHART_POINTS), required=True),
        Field("x_label", Str(limits.CHART_AXIS)),
        Field("y_label", Str(limits.CHART_AXIS)),
    )
)
_PLOT = (
    Field("series", Array(_SERIES, 1, limits.CHART_SERIES), required=True),
    Field("axis_config", _AXIS, required=True),
)

CHART = OneOf(
    dict(
        [
            typed("pie", Field("segments", Array(_SEGMENT, 1, limits.CHART_SERIES), required=True)),
            *(typed(kind, *_PLOT, rules=(_labels_match,)) for kind in ("bar", "area", "line")),
        ]
    )
)
