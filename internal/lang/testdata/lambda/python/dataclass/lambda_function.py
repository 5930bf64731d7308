from dataclasses import asdict, dataclass, field
from datetime import date
from enum import Enum


class State(str, Enum):
    OPEN = "open"


@dataclass
class Order:
    id: int
    state: State = State.OPEN
    lines: list = field(default_factory=list)


def lambda_handler(event, context):
    order = Order(**event)
    return {**asdict(order), "state": order.state.value, "day": date(2024, 2, 29).isoformat()}
