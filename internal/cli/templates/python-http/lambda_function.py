import json


def lambda_handler(event, context):
    """Answers events in the shape of an HTTP request (payload version 2.0)."""
    event = event or {}
    method = event.get("requestContext", {}).get("http", {}).get("method", "GET")
    print(method, event.get("rawPath", "/"))
    if method != "GET":
        return {"statusCode": 405, "headers": {"allow": "GET"}, "body": "only GET is allowed here\n"}
    name = (event.get("queryStringParameters") or {}).get("name", "world")
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"greeting": f"Hello, {name}!"}),
    }
