import csv
import io
import logging

from report.summary import summarise

logging.getLogger().setLevel(logging.INFO)


def lambda_handler(event, context):
    rows = list(csv.DictReader(io.StringIO(event["csv"])))
    logging.info("read %d rows", len(rows))
    report = summarise(rows, by=event.get("by", "country"))
    logging.info("summed up %d groups", len(report["groups"]))
    return report
