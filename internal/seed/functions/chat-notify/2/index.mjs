const colour = (code, text) => `\u001b[${code}m${text}\u001b[0m`;

export const handler = async ({ to, text, channel = "chat" }) => {
  console.log(`${colour(36, "→")} ${colour(1, to)} ${text}`);
  console.log(JSON.stringify({ level: "info", msg: "delivered", channel, to, chars: [...text].length, text }));
  if (text.length > 280) console.warn(colour(33, `WARN ${text.length} characters: cut to 280`));
  if (!process.env.CHAT_TOKEN) throw new Error("CHAT_TOKEN is not set");
  return { delivered: true, channel, chars: Math.min(280, [...text].length) };
};
