import math
import time


def aggregate(day):
    """Stands for a scan of one day's sales: some 50 ms of work."""
    until, total = time.monotonic() + 0.05, 0.0
    while time.monotonic() < until:
        total += math.fsum(math.sqrt(n * day) for n in range(2_000))
    return round(total % 10_000, 2)


def lambda_handler(event, context):
    days = []
    for day in range(1, event["days"] + 1):
        days.append(aggregate(day))
        if day % 10 == 0:
            print(f"INFO {day} of {event['days']} days, {context.get_remaining_time_in_millis()} ms left")
    return {"days": len(days), "best": max(days), "mean": round(sum(days) / len(days), 2)}
