# Stops its own process, so that nothing in it can ever answer.
import os
import signal


def lambda_handler(event, context):
    os.kill(os.getpid(), signal.SIGSTOP)
    return "continued"
