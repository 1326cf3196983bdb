import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

/** Whether the request bears the token of the mounted Secret, as it is now. Takes as long for any wrong one. */
export async function bearsToken({ headers }: IncomingMessage, secret: string): Promise<boolean> {
  const token = (await readFile(join(secret, 'token'), 'utf8')).trim();
  const [, given = ''] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return token !== '' && timingSafeEqual(digest(given), digest(token));
}

/** Of the same length, whatever was given. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
