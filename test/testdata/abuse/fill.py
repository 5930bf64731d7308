# Fills a folder with bytes or with files until it is told to stop, and says by what.
import errno
import os


def lambda_handler(event, context):
    folder, chunk = event["folder"], b"x" * (1 << 20)
    written = 0
    for number in range(1 << 30):
        try:
            with open(f"{folder}/left-behind-{number}", "wb", buffering=0) as file:
                if event["what"] == "bytes":
                    while True:
                        written += file.write(chunk)
        except OSError as error:
            if error.errno == errno.EFBIG:
                continue
            return {"error": errno.errorcode[error.errno], "files": number, "bytes": written}
