# Looks for needles in all that can be read: environments, files, mounts, processes. Each needle
# comes in two parts, so that the input itself is not what is found.
import os


def lambda_handler(event, context):
    needles = [(first + second).encode() for first, second in event["needles"]]
    found, files, denied = [], 0, 0

    def look(where, data):
        for needle in needles:
            if needle in data:
                found.append(where)

    look("os.environ", repr(dict(os.environ)).encode())
    for root, folders, names in os.walk("/"):
        if root == "/proc":
            folders[:] = [name for name in folders if name.isdigit() and name != "self"]
        elif root.startswith("/proc/"):
            folders[:] = [name for name in folders if name not in ("fd", "map_files", "task")]  # a pipe would be waited for
        if root == "/sys":
            folders[:] = []
        for name in names:
            path = os.path.join(root, name)
            look("name of " + path, path.encode())
            # mountinfo names the folder that each mount shows, and the kernel has no way to hide a name.
            if root.startswith("/proc") and name in ("mem", "kmsg", "pagemap", "clear_refs", "kcore", "kpagecount", "trace_pipe", "mountinfo"):
                continue
            try:
                if not root.startswith("/proc") and not os.path.isfile(path):
                    continue
                with open(path, "rb") as file:
                    look(path, file.read(4 << 20))
                files += 1
            except OSError:
                denied += 1
    for path in event["paths"]:
        if os.path.lexists("".join(path)):
            found.append("it exists: " + "".join(path))
    return {"found": sorted(set(found)), "files": files, "denied": denied}
