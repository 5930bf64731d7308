import type { Template } from "./template";

const nodejs = `const day = 24 * 60 * 60 * 1000;

// Decides which files are older than they may be. Call it on a schedule, with the list of what there is.
export const handler = async ({ time, files = [] }) => {
  const keepDays = Number(process.env.KEEP_DAYS ?? 30);
  const limit = Date.parse(time) - keepDays * day;
  const expired = files.filter((file) => Date.parse(file.modified) < limit);

  for (const { name, modified } of expired) console.log("expired: %s, last changed %s", name, modified);
  const freed = expired.reduce((sum, file) => sum + file.bytes, 0);
  return { remove: expired.map((file) => file.name), keep: files.length - expired.length, freed_bytes: freed };
};
`;

const python = `import os
from datetime import datetime, timedelta


def lambda_handler(event, context):
    """Decides which files are older than they may be. Call it on a schedule, with the list of what there is."""
    keep = timedelta(days=int(os.environ.get("KEEP_DAYS", "30")))
    limit = parse(event["time"]) - keep
    files = event.get("files", [])
    expired = [file for file in files if parse(file["modified"]) < limit]

    for file in expired:
        print(f"expired: {file['name']}, last changed {file['modified']}")
    return {
        "remove": [file["name"] for file in expired],
        "keep": len(files) - len(expired),
        "freed_bytes": sum(file["bytes"] for file in expired),
    }


def parse(time):
    return datetime.fromisoformat(time.replace("Z", "+00:00"))
`;

export const cleanUp: Template = {
  id: "clean-up",
  title: "Scheduled clean-up",
  description: "Picks what is past its time, by a limit from the environment.",
  name: "clean-up",
  code: { nodejs, python },
  input: {
    time: "2026-06-01T03:00:00Z",
    files: [
      { name: "report-2026-03.csv", modified: "2026-03-31T22:10:00Z", bytes: 48213 },
      { name: "report-2026-04.csv", modified: "2026-04-30T22:10:00Z", bytes: 51877 },
      { name: "report-2026-05.csv", modified: "2026-05-31T22:10:00Z", bytes: 50190 },
    ],
  },
  settings: { env: { KEEP_DAYS: "30" } },
};
