exports.handler = async (event) => {
  const { name = 'stranger' } = event.queryStringParameters || {};
  if (event.httpMethod !== 'GET') return { statusCode: 405, body: '' };
  return { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ hello: name }) };
};
