import os.path
from urllib.parse import unquote_plus


def on_create(event, _context):
    keys = [unquote_plus(r["s3"]["object"]["key"]) for r in event["Records"]]
    return [{"key": k, "type": os.path.splitext(k)[1]} for k in keys]
