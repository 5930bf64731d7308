# Signals every process there is, the agent first.
import os
import signal


def lambda_handler(event, context):
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        try:
            os.kill(1, number)
        except OSError:
            pass
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass  # there is nobody else that it may signal
    os.kill(os.getpid(), signal.SIGKILL)
