import itertools


def numbers():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def lambda_handler(event, context):
    return list(itertools.takewhile(lambda n: n < event["below"], numbers()))
