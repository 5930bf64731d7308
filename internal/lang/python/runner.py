"""VoltRun's runner for Python: loads one module, then calls its handler once per invocation.

It talks to the agent on descriptor 3 (see internal/agent/channel.go). Every frame it sends carries the
nonce of its load or invocation, which lives only in the closures of main, so that a function that
writes to the descriptor cannot pass for the runner.

Starting fast matters most: nothing is imported here that CPython has not built in or frozen, and
what only some functions need (json, traceback, logging's handler) is made when they need it.
"""


def main():
    import builtins
    import sys
    import time
    import os
    import _thread
    import _contextvars
    import _sitebuiltins

    CHANNEL = 3
    HEADER = 25  # length 4, type 1, number 4, nonce 16
    LOG_CHUNK = 32 << 10
    MAX_OUTPUT = 6 << 20
    read, write, exit_now, close = os.read, os.write, os._exit, os.close
    clock, gmtime = time.time, time.gmtime
    copy_context = _contextvars.copy_context
    forked = False
    lock = _thread.RLock()  # frames of several threads do not mix

    class Call:
        """A load or an invocation."""

        __slots__ = ("number", "nonce", "request_id")

        def __init__(self, number, nonce, request_id):
            self.number, self.nonce, self.request_id = number, nonce, request_id

    current = Call(0, bytes(16), "")
    owner = _contextvars.ContextVar("voltrun_call")

    # --- the channel ------------------------------------------------------------------------

    def receive():
        parts, have, want = [], 0, 4
        while have < want:
            part = read(CHANNEL, 65536 if want - have < 65536 else want - have)
            if not part:
                exit_now(0)  # the agent is gone
            parts.append(part)
            have += len(part)
            if want == 4 and have >= 4:
                if len(parts) > 1:
                    parts = [b"".join(parts)]
                want = 4 + int.from_bytes(parts[0][:4], "big")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def send(kind, call, payload):
        if forked:
            return
        frame = b"".join(((HEADER - 4 + len(payload)).to_bytes(4, "big"), kind, call.number.to_bytes(4, "big"), call.nonce, payload))
        with lock:
            sent = write(CHANNEL, frame)
            while sent < len(frame):
                sent += write(CHANNEL, memoryview(frame)[sent:])

    def send_log(stream, data):
        if forked:  # a child of fork can only write to the descriptors themselves
            while data:
                data = data[write(stream, data):]
            return
        call = owner.get(None) or current
        mark = bytes((stream,))
        if len(data) <= LOG_CHUNK:
            send(b"O", call, mark + data)
            return
        with lock:
            for at in range(0, len(data), LOG_CHUNK):
                send(b"O", call, mark + data[at:at + LOG_CHUNK])

    def after_fork():
        nonlocal forked, lock
        forked = True
        lock = _thread.RLock()
        try:
            close(CHANNEL)
        except OSError:
            pass  # closed by the function already

    os.register_at_fork(after_in_child=after_fork)
    os.set_inheritable(CHANNEL, False)

    # --- output -----------------------------------------------------------------------------

    import io

    class Raw(io.RawIOBase):
        """The bytes below sys.stdout or sys.stderr: every write is one piece of output, at once."""

        def __init__(self, stream, name):
            self._stream, self.name, self.mode = stream, name, "wb"

        def writable(self):
            return True

        def fileno(self):
            return self._stream

        def isatty(self):
            return False

        def write(self, data):
            data = bytes(data)
            if data:
                send_log(self._stream, data)
            return len(data)

        def close(self):
            pass

    def text(stream, name):
        return io.TextIOWrapper(Raw(stream, name), encoding="utf-8", errors="surrogateescape" if stream == 1 else "backslashreplace",
                                newline="\n", write_through=True)

    sys.stdout = sys.__stdout__ = text(1, "<stdout>")
    sys.stderr = sys.__stderr__ = text(2, "<stderr>")

    # --- attribution in threads: a thread belongs to the call that started it ---------------

    def bind(function):
        call = owner.get(None) or current

        def bound(*args, **kwargs):
            owner.set(call)
            return function(*args, **kwargs)

        return bound

    def starter(original):
        def start(function, *args, **kwargs):
            return original(bind(function), *args, **kwargs)

        return start

    for name in ("start_new_thread", "start_new", "_start_joinable_thread", "start_joinable_thread"):
        if hasattr(_thread, name):
            setattr(_thread, name, starter(getattr(_thread, name)))

    # --- what is done once a module is imported ---------------------------------------------

    def prepare_logging(logging):
        class Handler(logging.Handler):
            def emit(self, record):
                try:
                    call = owner.get(None) or current
                    record.aws_request_id = call.request_id
                    send_log(1, self.format(record).encode("utf-8", "backslashreplace") + b"\n" if self.plain else self.format(record).encode("utf-8", "backslashreplace"))
                except Exception:
                    self.handleError(record)

            @property
            def plain(self):
                return self.formatter is not lambda_format

        lambda_format = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S")
        lambda_format.converter = gmtime
        handler = Handler()
        handler.setFormatter(lambda_format)
        logging.getLogger().addHandler(handler)

    def prepare_pool(module):
        executor = module.ThreadPoolExecutor
        submit = executor.submit

        def bound_submit(self, fn, /, *args, **kwargs):
            return submit(self, bind(fn), *args, **kwargs)

        executor.submit = bound_submit

    prepare = {"logging": prepare_logging, "concurrent.futures.thread": prepare_pool}

    class Hook:
        """A finder that finds nothing itself, and prepares some modules right after they were executed."""

        @staticmethod
        def find_spec(name, path=None, target=None):
            if name not in prepare:
                return None
            for finder in sys.meta_path:
                if finder is Hook or not hasattr(finder, "find_spec"):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is None or spec.loader is None:
                    continue
                finish, execute = prepare.pop(name), spec.loader.exec_module

                def exec_module(module):
                    del spec.loader.exec_module
                    execute(module)
                    finish(module)

                spec.loader.exec_module = exec_module
                return spec
            return None

    sys.meta_path.insert(0, Hook)

    # --- json without the package, which would import re ------------------------------------

    def make_json():
        try:
            from _json import make_encoder, make_scanner, encode_basestring

            class Rules:
                strict, object_hook, object_pairs_hook, memo = False, None, None, {}
                parse_float, parse_int, parse_constant = float, int, float

            scan = make_scanner(Rules)

            def decode(text):
                return scan(text.strip(" \t\r\n"), 0)[0]

            def encode(value):
                return "".join(make_encoder({}, special, encode_basestring, None, ": ", ", ", False, False, False)(value, 0))

            if decode('{"a": [1, "x"]}') != {"a": [1, "x"]} or encode({"a": [1, None]}) != '{"a": [1, null]}':
                raise ImportError("json works differently")
            return decode, encode
        except Exception:  # another version of Python: the package does the same
            import json

            return (lambda text: json.loads(text, strict=False)), (lambda value: json.dumps(value, ensure_ascii=False, allow_nan=False, default=special))

    def special(value):
        decimal = sys.modules.get("decimal")
        if decimal is not None and isinstance(value, decimal.Decimal):
            if value.is_finite() and value == value.to_integral_value() and value.as_tuple().exponent >= 0:
                return int(value)
            return float(value)
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    decode, encode = make_json()

    def to_bytes(document):
        try:
            return document.encode()
        except UnicodeEncodeError:  # a lone surrogate: only an escape can carry it
            return "".join(c if not 0xD800 <= ord(c) <= 0xDFFF else "\\u%04x" % ord(c) for c in document).encode()

    # --- errors -----------------------------------------------------------------------------

    class Fault(Exception):
        """An error of the platform's own about the function's code."""

        def __init__(self, kind, message, trace=()):
            self.kind, self.message, self.trace = kind, message, list(trace)

    def trace_of(error):
        import traceback

        here = main.__code__.co_filename
        # importlib's own frames say nothing about the function either.
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != here and not f.filename.startswith("<frozen importlib")]
        return traceback.format_list(frames)

    def describe(error):
        if isinstance(error, Fault):
            shape = {"type": error.kind, "message": error.message, "stack": error.trace}
        else:
            try:
                message = str(error)
            except Exception:
                message = "the exception has no message that can be shown"
            shape = {"type": type(error).__name__, "message": message, "stack": [line.rstrip("\n") for line in trace_of(error)]}
        return to_bytes(encode(shape))

    # --- loading ----------------------------------------------------------------------------

    def find_handler(root, name):
        module_name, dot, function_name = name.rpartition(".")
        if not dot or not module_name or not function_name:
            raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': write module.function" % name)
        if ".." in name:
            raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': it may not contain '..'" % name)
        module_name = module_name.replace("/", ".")
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
        try:
            __import__(module_name)
        except SyntaxError as error:
            where = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, (error.text or "").rstrip("\n"))
            raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), [where]) from None
        except ImportError as error:
            raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error), [line.rstrip("\n") for line in trace_of(error)]) from None
        module = sys.modules[module_name]
        handler = getattr(module, function_name, None)
        if handler is None:
            raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
        if not callable(handler):
            raise Fault("Runtime.HandlerNotFound", "Handler '%s' of module '%s' is not callable" % (function_name, module_name))
        return handler

    def load(request, root):
        os.chdir(root)
        os.environ.update(request["environment"])
        extra = [p for p in os.environ.get("PYTHONPATH", "").split(":") if p]
        sys.path[:0] = [root] + extra
        return find_handler(root, request["handler"])

    # --- invoking ---------------------------------------------------------------------------

    class LambdaContext:
        """What a handler learns about its invocation; the names are Lambda's."""

        def __init__(self, fields, request_id, deadline):
            self.aws_request_id = request_id
            self.log_group_name = fields["log_group"]
            self.log_stream_name = fields["log_stream"]
            self.function_name = fields["function_name"]
            self.memory_limit_in_mb = str(fields["memory_mb"])
            self.function_version = fields["function_version"]
            self.invoked_function_arn = fields["arn"]
            self.client_context = None
            self.identity = None
            self._deadline = deadline

        def get_remaining_time_in_millis(self):
            return max(int((self._deadline - clock()) * 1000), 0)

        def log(self, message):
            sys.stdout.write(str(message))

        def __repr__(self):
            return "LambdaContext(%r)" % {k: v for k, v in vars(self).items() if k != "_deadline"}

    def answer(value):
        try:
            return to_bytes(encode(value))
        except (TypeError, ValueError, RecursionError, OverflowError) as error:
            raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from None

    def start():
        nonlocal handler
        owner.set(current)
        handler = load(fields, root)
        return b"null"

    def respond(event, context):
        owner.set(current)
        return answer(handler(decode(event.decode()) if event else None, context))

    def run(call, work, *args):
        """Runs work in a context of its own and sends what came of it."""
        try:
            payload = copy_context().run(work, *args)
            if len(payload) > MAX_OUTPUT:
                send(b"E", call, to_bytes(encode({
                    "kind": "output",
                    "type": "Function.ResponseSizeTooLarge",
                    "message": "Response payload size (%d bytes) exceeded maximum allowed payload size (%d bytes)." % (len(payload), MAX_OUTPUT),
                })))
                return
            kind = b"R"
        except Exception as error:
            kind, payload = b"E", describe(error)
        if forked:  # a child that came back from the handler ends here: only its parent answers
            exit_now(0 if kind == b"R" else 1)
        send(kind, call, payload)

    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D (i.e. EOF)"))
    builtins.help = _sitebuiltins._Helper()
    sys.argv[:] = [""]
    handler = fields = root = None

    send(b"H", current, sys.version.split()[0].rstrip("+").encode())
    while True:
        frame = receive()
        number, nonce = int.from_bytes(frame[5:9], "big"), frame[9:25]
        if frame[4] == 0x4C:  # L
            end = 29 + int.from_bytes(frame[25:29], "big")
            fields, root = decode(frame[29:end].decode()), frame[end:].decode()
            current = Call(number, nonce, "")
            run(current, start)
            continue
        body = 30 + frame[29]
        current = Call(number, nonce, frame[30:body].decode())
        context = LambdaContext(fields, current.request_id, clock() + int.from_bytes(frame[25:29], "big") / 1000)
        run(current, respond, frame[body:], context)


main()
