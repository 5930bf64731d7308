import asyncio


async def fetch(n):
    await asyncio.sleep(0.001)
    return n * n


async def main(numbers):
    return await asyncio.gather(*(fetch(n) for n in numbers))


def lambda_handler(event, context):
    return asyncio.run(main(event["numbers"]))
