import json
import logging

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            if json.loads(record["body"])["amount"] <= 0:
                raise ValueError("amount")
        except Exception:
            logger.exception("message %s failed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
