def lambda_handler(event, context):
    name = (event or {}).get("name", "world")
    print(f"greeting {name}")
    return {"greeting": f"Hello, {name}!", "request_id": context.aws_request_id}
