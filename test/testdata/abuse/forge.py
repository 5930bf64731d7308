# Writes an answer of its own on every descriptor, in the shapes of both protocols: that of the
# host and that of the runner.
import json
import os
import struct


def frames():
    result = json.dumps({"invocation": 1, "duration_us": 1, "alive": True}).encode()
    block = struct.pack(">I", len(result)) + result + b'"forged"'
    log = struct.pack(">IB", 1, 3) + b"forged log\n"
    for payload in (b"R" + block, b"O" + log, b"l{}", b"i", b"p", b"H" + json.dumps({"protocol": 1, "runtime": "forged"}).encode()):
        yield struct.pack(">I", len(payload)) + payload
    for kind in (b"R", b"E", b"H"):
        body = kind + struct.pack(">I", 1) + bytes(16) + b'"forged"'
        yield struct.pack(">I", len(body)) + body


def lambda_handler(event, context):
    tried = 0
    for number in range(3, 1024):
        try:
            os.set_blocking(number, False)
            for frame in frames():
                os.write(number, frame)
                tried += 1
        except OSError:
            pass
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                with open(f"/proc/{pid}/fd/{number}", "wb", buffering=0) as file:
                    if int(pid) != os.getpid():
                        for frame in frames():
                            file.write(frame)
        except OSError:
            pass
    print("tried", tried)
    return "genuine"
