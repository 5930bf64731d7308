// Answers events in the shape of an HTTP request (payload version 2.0).
export const handler = async (event) => {
  const method = event?.requestContext?.http?.method ?? 'GET';
  const path = event?.rawPath ?? '/';
  console.log(method, path);
  if (method !== 'GET') {
    return { statusCode: 405, headers: { allow: 'GET' }, body: 'only GET is allowed here\n' };
  }
  const name = event?.queryStringParameters?.name ?? 'world';
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ greeting: `Hello, ${name}!` }),
  };
};
