'use strict';
// VoltRun's runner for Node.js: loads one module, then calls its handler once per invocation.
//
// It talks to the agent on descriptor 3 (see internal/agent/channel.go). Every frame it sends
// carries the nonce of its load or invocation, which lives only in closures below, so that a
// function which writes to the descriptor cannot pass for the runner. For the same reason
// everything used after the function's code has run is captured before.
//
// Between invocations the main thread rests in a blocking read: timers and callbacks of an
// earlier invocation wait for the next one, as they do on a frozen Lambda environment.
(() => {
  // V8 uses what Node.js ships compiled of its own modules only while its flags are those of the build, and before
  // Node.js 24 the heap's limit is one of them. The heap has its limit by now, so the flag can go: a start takes 2 to 3 ms less.
  if (Number(process.versions.node.split('.')[0]) < 24) {
    const { noDeprecation } = process;
    process.noDeprecation = true; // node:v8 offers the same, but loads much that nobody has asked for
    process.binding('v8').setFlagsFromString('--max-old-space-size=0');
    process.noDeprecation = noDeprecation;
  }

  const fs = require('node:fs');
  const path = require('node:path');
  const { createRequire } = module.constructor; // what node:module has, without loading the rest of it
  const { pathToFileURL } = require('node:url');
  const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks');
  const { Writable } = require('node:stream');

  const CHANNEL = 3;
  const HEADER = 25; // length 4, type 1, number 4, nonce 16
  const LOG_CHUNK = 32 << 10;
  const MAX_OUTPUT = 6 << 20;
  const SEND = { result: 0x52, error: 0x45, log: 0x4f, ready: 0x48 }; // 'R' 'E' 'O' 'H'
  const LOAD = 0x4c; // 'L'
  const MODERN = Number(process.versions.node.split('.')[0]) >= 24; // no callbacks, sync values count

  const { readSync, writeSync, existsSync, readFileSync } = fs;
  const { setImmediate, Error, SyntaxError, Object, String, Symbol } = globalThis;
  const { now } = Date;
  const { parse, stringify } = JSON;
  const { exit, chdir } = process;
  const bytesOf = Buffer.byteLength;
  const allocate = Buffer.allocUnsafeSlow; // never from the pool, which function code can see
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const putText = uncurry(Buffer.prototype.utf8Write);
  const getText = uncurry(Buffer.prototype.utf8Slice);
  const putBytes = uncurry(Uint8Array.prototype.set);
  const cut = uncurry(Uint8Array.prototype.subarray);
  const has = uncurry(Object.prototype.hasOwnProperty);
  const split = uncurry(String.prototype.split);
  const includes = uncurry(String.prototype.includes);
  const cutList = uncurry(Array.prototype.slice);

  const owner = new AsyncLocalStorage(); // the call that work belongs to
  const ownerMark = owner.getStore.bind(owner);
  const enter = owner.run.bind(owner);
  // Node.js keeps what work carries on promises and other resources, where the function can find it and
  // printing shows it. So work carries a mark which only this closure can look into, as calls hold their nonce.
  let markedCall;
  class Mark {
    #call;
    constructor(call) { this.#call = call; }
    static {
      markedCall = (mark) => (typeof mark === 'object' && mark !== null && #call in mark ? mark.#call : null);
    }
  }
  // The scope in which every call begins, so that no context of an earlier call reaches the next.
  const base = new AsyncResource('VoltRun');
  const inBase = base.runInAsyncScope.bind(base);

  let current = null; // the load or invocation that has not been answered
  let latest = { number: 0, nonce0: 0, nonce1: 0, nonce2: 0, nonce3: 0 };
  let handler = null;
  let functionFields = null;

  // --- the channel -------------------------------------------------------------------------

  let inbox = allocate(64 << 10);
  const outbox = allocate(HEADER + 1 + LOG_CHUNK);

  const get32 = (b, at) => (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]; // signed

  function put32(b, value, at) {
    b[at] = value >>> 24;
    b[at + 1] = value >>> 16;
    b[at + 2] = value >>> 8;
    b[at + 3] = value;
  }

  function receive() {
    let have = 0;
    let want = 4;
    for (;;) {
      while (have < want) {
        const n = readSync(CHANNEL, inbox, have, inbox.length - have, null);
        if (n === 0) exit(0); // the agent is gone
        have += n;
      }
      if (want > 4) return want;
      want = 4 + get32(inbox, 0);
      if (want > inbox.length) {
        const larger = allocate(want);
        putBytes(larger, cut(inbox, 0, have));
        inbox = larger;
      }
      if (have >= want && want > 4) return want;
    }
  }

  function transmit(frame, length) {
    for (let sent = 0; sent < length;) sent += writeSync(CHANNEL, frame, sent, length - sent, null);
  }

  function head(frame, type, call, payload) {
    put32(frame, HEADER - 4 + payload, 0);
    frame[4] = type;
    put32(frame, call.number, 5);
    put32(frame, call.nonce0, 9);
    put32(frame, call.nonce1, 13);
    put32(frame, call.nonce2, 17);
    put32(frame, call.nonce3, 21);
  }

  function sendText(type, call, text) {
    const fits = text.length * 3 <= LOG_CHUNK; // in UTF-8, whatever the characters
    const frame = fits ? outbox : allocate(HEADER + bytesOf(text));
    const size = putText(frame, text, HEADER);
    head(frame, type, call, size);
    transmit(frame, HEADER + size);
  }

  function sendLog(stream, bytes) {
    const call = markedCall(ownerMark()) || current || latest;
    for (let at = 0; at < bytes.length; at += LOG_CHUNK) {
      const part = cut(bytes, at, at + LOG_CHUNK);
      head(outbox, SEND.log, call, 1 + part.length);
      outbox[HEADER] = stream;
      putBytes(outbox, part, HEADER + 1);
      transmit(outbox, HEADER + 1 + part.length);
    }
  }

  // --- output ------------------------------------------------------------------------------

  // Output is process.stdout or process.stderr: synchronous, so that both keep their order.
  class Output extends Writable {
    constructor(fd) {
      super({ emitClose: false, autoDestroy: false });
      this.fd = fd;
      this._isStdio = true;
      this.destroySoon = this.destroy;
    }
    _write(chunk, encoding, done) {
      sendLog(this.fd, chunk);
      done();
    }
    _destroy(error, done) {
      done(error);
    }
  }

  for (const [name, fd] of [['stdout', 1], ['stderr', 2]]) {
    let stream = null;
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => (stream ??= new Output(fd)),
      set: (other) => { stream = other; },
    });
  }

  // --- errors ------------------------------------------------------------------------------

  // fault makes an error of the platform's own, whose stack says nothing about the function.
  function fault(type, message, cause) {
    const error = new Error(message);
    error.name = type;
    error.stack = cause && cause.stack ? `${type}: ${message}\n${cause.stack}` : `${type}: ${message}`;
    return error;
  }

  // ownFrames leaves out the end of a stack, from where the runner called the function: it says nothing about it.
  function ownFrames(lines) {
    let end = lines.length;
    for (let i = lines.length - 1; i > 0; i--) {
      if (includes(lines[i], __filename)) end = i;
      else if (!includes(lines[i], 'node:')) break;
    }
    return cutList(lines, 0, end);
  }

  function describe(value, extra) {
    try {
      if (value instanceof Error || (value && typeof value === 'object' && has(value, 'stack') && has(value, 'message'))) {
        return stringify({
          type: String(value.name || 'Error'),
          message: String(value.message),
          stack: value.stack ? ownFrames(split(String(value.stack), '\n')) : [],
          ...extra,
        });
      }
      return stringify({ type: typeof value, message: String(value), stack: [], ...extra });
    } catch {
      return stringify({ type: 'Error', message: 'the thrown value cannot be shown', stack: [], ...extra });
    }
  }

  // --- the end of a call -------------------------------------------------------------------

  function settle(call, type, text) {
    if (call.settled) return;
    call.settled = true;
    call.type = type;
    call.text = text;
    // One turn of the loop first: rejections nobody handled come out before the answer does.
    setImmediate(conclude);
  }

  function conclude() {
    inBase(answerAndGoOn);
  }

  function answerAndGoOn() {
    const call = current;
    latest = call;
    current = null;
    sendText(call.type, call, call.text);
    call.text = ''; // work that is left behind keeps the call, not its answer
    next();
  }

  function fail(call, value) {
    settle(call, SEND.error, describe(value));
  }

  function succeed(call, value) {
    if (call.settled) return;
    let text;
    try {
      text = stringify(value);
    } catch (error) {
      fail(call, fault('Runtime.MarshalError', `Unable to turn the handler's answer into JSON: ${error && error.message}`, error));
      return;
    }
    if (text === undefined) text = 'null';
    const size = text.length * 3 > MAX_OUTPUT ? bytesOf(text) : 0;
    if (size > MAX_OUTPUT) {
      settle(call, SEND.error, stringify({
        kind: 'output',
        type: 'Function.ResponseSizeTooLarge',
        message: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${MAX_OUTPUT} bytes).`,
      }));
      return;
    }
    settle(call, SEND.result, text);
  }

  function die(value, code) {
    if (current) sendText(SEND.error, current, describe(value, { fatal: true }));
    exit(code);
  }

  process.on('uncaughtException', (error) => die(error, 129));
  process.on('unhandledRejection', (reason) => {
    const error = fault('Runtime.UnhandledPromiseRejection', reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
    if (reason && reason.stack) error.stack = reason.stack;
    die(error, 128);
  });
  process.on('beforeExit', () => {
    setImmediate(() => {}); // the loop lives on, and can become empty again
    const call = current;
    if (!call || call.settled) return;
    if (call.pending) {
      fail(call, fault('Runtime.NodeJsExit', "The event loop is empty, so the promise that the handler returned can never settle"));
    } else {
      succeed(call, call.value);
    }
  });

  // --- loading -----------------------------------------------------------------------------

  function startLoad(call, request, root) {
    load(request, root).then(() => succeed(call, null), (error) => fail(call, error));
  }

  async function load(request, root) {
    chdir(root);
    Object.assign(process.env, request.environment);
    functionFields = request;
    const found = await findHandler(root, request.handler);
    if (MODERN && found.length >= 3) {
      throw fault('Runtime.CallbackHandlerDeprecated', 'Node.js 24 and later do not take callback handlers: make the handler async, or give it two parameters');
    }
    handler = found;
  }

  async function findHandler(root, name) {
    if (name.includes('..')) {
      throw fault('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name: it may not contain '..'`);
    }
    const base = path.basename(name);
    const dot = base.indexOf('.');
    if (dot < 1 || dot === base.length - 1) {
      throw fault('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name: write file.export`);
    }
    const folder = path.resolve(root, name.slice(0, name.length - base.length));
    let value = await importModule(root, path.join(folder, base.slice(0, dot)));
    for (const key of base.slice(dot + 1).split('.')) value = value?.[key];
    if (value === undefined || value === null) {
      throw fault('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
    }
    if (typeof value !== 'function') {
      throw fault('Runtime.HandlerNotFound', `${name} is not a function`);
    }
    return value;
  }

  async function importModule(root, file) {
    const require = createRequire(path.join(root, 'index.js'));
    try {
      if (isFile(file)) return require(file);
      if (isFile(`${file}.js`)) {
        return isModuleScope(path.dirname(file)) ? await importFile(`${file}.js`) : await requireOrImport(require, `${file}.js`);
      }
      if (isFile(`${file}.mjs`)) return await importFile(`${file}.mjs`);
      if (isFile(`${file}.cjs`)) return require(`${file}.cjs`);
      return require(existsSync(file) ? file : path.relative(root, file));
    } catch (error) {
      if (error instanceof SyntaxError) {
        throw fault('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
      }
      if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')) {
        throw fault('Runtime.ImportModuleError', `Error: ${error.message}`, error);
      }
      throw error;
    }
  }

  async function importFile(file) {
    const { href } = pathToFileURL(file);
    try {
      return await import(href);
    } catch (error) {
      if (error instanceof SyntaxError && !includes(String(error.stack), 'file://')) await addPlace(error, href);
      throw error;
    }
  }

  // addPlace puts into the stack of a syntax error where it is. Node.js leaves that out for modules; V8 knows, and tells the
  // inspector when it reads them again, which fails as before: nothing of them runs.
  async function addPlace(error, href) {
    const { Session } = require('node:inspector');
    const session = new Session();
    session.connect();
    try {
      let url;
      session.on('Debugger.scriptFailedToParse', ({ params }) => { url ??= split(params.url, '?')[0]; });
      session.post('Debugger.enable');
      await import(`${href}?again`).catch(() => {});
      const details = detailsOf(session, error);
      if (url && details) error.stack = `SyntaxError: ${error.message}\n    at ${url}:${details.lineNumber + 1}:${details.columnNumber + 1}`;
    } finally {
      session.disconnect();
    }
  }

  // detailsOf asks V8 about an error. Answers to a session of the same thread come at once.
  function detailsOf(session, error) {
    const name = 'voltrunSyntaxError'; // expressions reach globals only
    let details;
    globalThis[name] = error;
    session.post('Runtime.evaluate', { expression: name }, (refused, { result } = {}) => {
      if (!refused) session.post('Runtime.getExceptionDetails', { errorObjectId: result.objectId }, (_, found) => { details = found?.exceptionDetails; });
    });
    delete globalThis[name];
    return details;
  }

  async function requireOrImport(require, file) {
    try {
      return require(file);
    } catch (error) { // ECMAScript syntax that require cannot load, such as top-level await
      if (error && (error.code === 'ERR_REQUIRE_ASYNC_MODULE' || error.code === 'ERR_REQUIRE_ESM')) return importFile(file);
      throw error;
    }
  }

  function isFile(file) {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    return stat !== undefined && stat.isFile();
  }

  // isModuleScope reports whether the nearest package.json makes .js files modules.
  function isModuleScope(folder) {
    for (;;) {
      const file = path.join(folder, 'package.json');
      if (existsSync(file)) {
        try {
          return parse(readFileSync(file, 'utf8')).type === 'module';
        } catch {
          return false;
        }
      }
      const parent = path.dirname(folder);
      if (parent === folder || path.basename(folder) === 'node_modules') return false;
      folder = parent;
    }
  }

  // --- invoking ----------------------------------------------------------------------------

  function makeContext(call, timeout, requestID) {
    const deadline = now() + timeout;
    const context = {
      functionVersion: functionFields.function_version,
      functionName: functionFields.function_name,
      memoryLimitInMB: String(functionFields.memory_mb),
      logGroupName: functionFields.log_group,
      logStreamName: functionFields.log_stream,
      clientContext: undefined,
      identity: undefined,
      invokedFunctionArn: functionFields.arn,
      awsRequestId: requestID,
      getRemainingTimeInMillis: () => deadline - now(),
    };
    if (MODERN) return context;
    const done = (error, value) => (error !== undefined && error !== null ? fail(call, error) : succeed(call, value));
    return Object.assign(context, {
      callbackWaitsForEmptyEventLoop: true,
      done,
      succeed: (value) => succeed(call, value),
      fail: (error) => fail(call, error === undefined || error === null ? 'handled' : error),
    });
  }

  function invoke(call, context, event) {
    const callback = (error, value) => {
      if (call.settled || call.called) return;
      call.called = true;
      if (error !== undefined && error !== null) fail(call, error);
      else if (context.callbackWaitsForEmptyEventLoop) call.value = value;
      else succeed(call, value);
      call.pending = false;
    };
    try {
      const value = MODERN ? handler(event, context) : handler(event, context, callback);
      if (value && typeof value.then === 'function') {
        call.pending = !call.called;
        value.then((v) => succeed(call, v), (e) => fail(call, e));
      } else if (MODERN) {
        succeed(call, value);
      }
    } catch (error) {
      fail(call, error);
    }
  }

  // next waits for the agent, in a macrotask of the base scope with nothing else due.
  function next() {
    const end = receive();
    const call = {
      number: get32(inbox, 5),
      nonce0: get32(inbox, 9), nonce1: get32(inbox, 13), nonce2: get32(inbox, 17), nonce3: get32(inbox, 21),
      settled: false, pending: false, called: false, value: undefined, type: 0, text: '',
    };
    current = call;
    if (inbox[4] === LOAD) {
      call.pending = true;
      const body = HEADER + 4 + get32(inbox, HEADER);
      enter(new Mark(call), startLoad, call, parse(getText(inbox, HEADER + 4, body)), getText(inbox, body, end));
      return;
    }
    const timeout = get32(inbox, HEADER) >>> 0;
    const body = HEADER + 5 + inbox[HEADER + 4];
    const context = makeContext(call, timeout, getText(inbox, HEADER + 5, body));
    const event = body === end ? null : parse(getText(inbox, body, end));
    if (inbox.length > 1 << 20) inbox = allocate(64 << 10); // one large event must not pin memory
    enter(new Mark(call), invoke, call, context, event);
  }

  delete require.cache[__filename];
  sendText(SEND.ready, latest, process.versions.node);
  inBase(next);
})();
