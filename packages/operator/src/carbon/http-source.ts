/**
 * One question to the source that the cluster's administrator has configured. A user chooses the zone, which stays
 * one segment or one value of the URL; a redirect is refused, for the header may be a secret.
 */
import type { HttpSourceConfig } from './config.ts';

const ANSWER_BYTES = 1024 * 1024;

/** Grams of CO2 a kilowatt-hour. Rejects with a message for people. */
export async function askHttpSource(
  { url, path, header, timeoutMs }: HttpSourceConfig,
  zone: string,
  signal: AbortSignal,
): Promise<number> {
  const response = await fetch(url.replaceAll('{zone}', encodeURIComponent(zone)), {
    headers: { accept: 'application/json', ...(header && { [header.name]: header.value }) },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it answers ${response.status}`);
  }
  return numberAt(await json(response), path);
}

async function json(response: Response): Promise<unknown> {
  const text = await bounded(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('its answer is not JSON');
  }
}

async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const answer: AsyncIterable<Uint8Array> | null = body;
  if (!answer) return '';
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > ANSWER_BYTES) throw new Error(`its answer is longer than ${ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function numberAt(document: unknown, path: string): number {
  let value = document;
  for (const key of path === '' ? [] : path.split('.')) {
    const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = isHolder ? (value as Record<string, unknown>)[key] : undefined; // an object or an array, as just seen
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new Error(`its answer has no such number at ${path || 'its top'}`);
  }
  return Math.round(value);
}
