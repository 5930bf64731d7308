import { readFile } from 'node:fs/promises';
const config = JSON.parse(await readFile(new URL('./config.json', import.meta.url), 'utf8'));
export const handler = async (event) => ({ ...config, ...event });
