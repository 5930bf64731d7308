import os
import time


def lambda_handler(event, context):
    days = int(os.environ.get("RETENTION_DAYS", "30"))
    left, removed = event["expired"], 0
    print(f"INFO removing what is older than {days} days: {left} sessions")
    while left:
        batch = min(left, 500)
        time.sleep(0.02)
        left, removed = left - batch, removed + batch
        print(f"INFO {removed} removed, {left} left")
    return {"removed": removed, "days": days}
