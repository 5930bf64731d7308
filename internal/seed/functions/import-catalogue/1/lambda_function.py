def lambda_handler(event, context):
    for number in range(event["products"]):
        print("product", number)
    return {"imported": event["products"]}
