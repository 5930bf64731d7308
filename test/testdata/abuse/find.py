# Lists what is in the folders that functions can write to.
import os


def lambda_handler(event, context):
    found = []
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", "/run"):
        if os.path.isdir(folder):
            found += [f"{folder}/{name}" for name in os.listdir(folder)]
    return found
