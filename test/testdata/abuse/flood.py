# Writes as many bytes as asked for, in one line.
import os


def lambda_handler(event, context):
    chunk = (b"\xff\x00x" if event["odd"] else b"x") * (1 << 16)
    left = event["bytes"]
    while left > 0:
        left -= os.write(1, chunk[:left])
    return event["bytes"]
