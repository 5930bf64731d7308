// The same from Node.js, where the runner lives in the same process, with its tools bent.
const fs = require('node:fs');

function frame(payload) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

exports.handler = async () => {
  JSON.stringify = () => '"forged"';
  Buffer.prototype.writeUInt32BE = () => 0;
  Object.prototype.toJSON = () => 'forged';
  Array.prototype.toString = () => 'forged';
  Promise.prototype.then = new Proxy(Promise.prototype.then, { apply: (target, self, args) => Reflect.apply(target, self, args) });
  const result = Buffer.from('{"invocation":1,"duration_us":1,"alive":true}');
  const size = Buffer.from([0, 0, 0, result.length]);
  const frames = [Buffer.concat([Buffer.from('R'), size, result, Buffer.from('"forged"')]),
    Buffer.concat([Buffer.from('R\0\0\0\x01'), Buffer.alloc(16), Buffer.from('"forged"')])];
  for (let fd = 3; fd < 256; fd++) {
    for (const payload of frames) {
      const head = Buffer.from([0, 0, 0, payload.length]);
      try { fs.writeSync(fd, Buffer.concat([head, payload])); } catch {}
    }
  }
  return 'genuine';
};
