# Leaves a daemon that holds the pipes, writes and forks on; how says how the handler itself ends.
import os
import subprocess
import sys
import time


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                try:
                    os.write(1, b"still here\n")
                except OSError:
                    pass
                if os.fork() == 0:
                    os.setsid()
                else:
                    time.sleep(0.05)
        os._exit(0)


def processes():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def lambda_handler(event, context):
    if event["how"] == "count":
        return processes()
    daemon()
    if event["how"] == "exit":
        os._exit(3)
    return "done"
