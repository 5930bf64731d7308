"""Groups rows and adds up what they hold."""

from collections import defaultdict
from decimal import Decimal


def summarise(rows, by):
    totals = defaultdict(Decimal)
    for row in rows:
        totals[row[by]] += Decimal(row["amount"])
    groups = [{"key": key, "total": str(total)} for key, total in sorted(totals.items())]
    return {"rows": len(rows), "groups": groups, "total": str(sum(totals.values(), Decimal()))}
