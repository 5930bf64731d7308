from decimal import Decimal


def lambda_handler(event, context):
    prices = [Decimal(p) for p in event["prices"]]
    return {"total": sum(prices), "count": Decimal(len(prices))}
