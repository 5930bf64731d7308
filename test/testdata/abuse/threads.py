# Starts threads until it is told to stop.
import threading


def lambda_handler(event, context):
    stop, started = threading.Event(), 0
    try:
        while True:
            threading.Thread(target=stop.wait, daemon=True).start()
            started += 1
    except RuntimeError as error:
        stop.set()
        return {"started": started, "error": str(error)}
