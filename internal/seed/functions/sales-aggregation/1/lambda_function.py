import math
import time


def lambda_handler(event, context):
    until = time.monotonic() + event["days"] * 0.06
    total = 0.0
    while time.monotonic() < until:
        total += math.fsum(math.sqrt(n) for n in range(2_000))
    return {"days": event["days"], "total": round(total % 1_000_000, 2)}
