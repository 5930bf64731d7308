def lambda_handler(event, context):
    print("removing", event["expired"], "sessions")
    return {"removed": event["expired"]}
