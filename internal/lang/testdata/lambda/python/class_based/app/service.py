class Service:
    def __init__(self, rates):
        self.rates = rates

    def __call__(self, event, context):
        return {"gross": round(event["net"] * (1 + self.rates.get(event["country"], 0)), 2)}


handler = Service({"de": 0.19})
