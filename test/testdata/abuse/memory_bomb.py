def lambda_handler(event, context):
    held = []
    while True:
        held.append(bytearray(b"x" * (1 << 20)))
