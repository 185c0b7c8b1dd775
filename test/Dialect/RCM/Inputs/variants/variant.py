"""What a table says about one variant."""

from dataclasses import dataclass, field


@dataclass
class Variant:
    changes: dict
    reason: str = None  # None: it is fused
    contains: list = field(default_factory=list)  # what the fused function holds


def fused(*contains, **changes):
    return Variant(changes, contains=list(contains))


def not_fused(reason, **changes):
    return Variant(changes, reason)
