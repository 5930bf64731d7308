'use strict';
const path = require('path');
exports.onCreate = async ({ Records }) => Records.map(({ s3 }) => {
  const key = decodeURIComponent(s3.object.key.replace(/\+/g, ' '));
  console.log('object %s in %s', key, s3.bucket.name);
  return { key, type: path.extname(key), kb: s3.object.size / 1024 };
});
