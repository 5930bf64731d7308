# Tells which descriptors it has, what they lead to, and where it stands.
import os
import stat


def lambda_handler(event, context):
    listing = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)
    numbers = sorted(int(name) for name in os.listdir(listing) if int(name) != listing)
    os.close(listing)
    kinds = {}
    for number in numbers:
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue  # the listing itself
        target = os.readlink(f"/proc/self/fd/{number}")
        kinds[str(number)] = ("folder " + target) if stat.S_ISDIR(mode) else target.split("[")[0]
    return {"descriptors": kinds, "cwd": os.getcwd(), "root": sorted(os.listdir("/"))}
