import json


def lambda_handler(event, context):
    skipped = 0
    for number in range(1, event["products"] + 1):
        level = "warning" if number % 97 == 0 else "info"
        skipped += level == "warning"
        print(json.dumps({"level": level, "msg": "no price" if level == "warning" else "imported", "product": f"P-{number:06d}",
                          "payload": "x" * event.get("padding", 0)}))
    return {"imported": event["products"] - skipped, "skipped": skipped}
