import csv
import io


def lambda_handler(event, context):
    rows = list(csv.DictReader(io.StringIO(event["csv"])))
    return {"rows": len(rows), "total": sum(float(r["amount"]) for r in rows)}
