"""What a statement of the broker does to what is stored."""

from enum import Enum, auto


class Effect(Enum):
    FOREIGN = auto()
    """It is of an order that is none of ours."""
    KNOWN = auto()
    """It repeats what is stored."""
    NEWS = auto()
