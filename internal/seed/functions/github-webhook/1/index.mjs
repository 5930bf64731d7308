export const handler = async (event) => {
  console.log(`${event.headers["x-github-event"]} from ${event.body.repository}`);
  return { status: 202 };
};
