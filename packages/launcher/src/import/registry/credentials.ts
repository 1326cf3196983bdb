import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasCode } from '../../files/errno.ts';
import { messageOf, ProblemError } from '../../problem.ts';

/** A `kubernetes.io/dockerconfigjson` Secret's content. */
const DockerConfig = z.object({
  auths: z.record(
    z.string(),
    z.object({
      auth: z.string().optional(),
      username: z.string().optional(),
      password: z.string().optional(),
    }),
  ),
});

/** The value of a Basic `Authorization` header for the registry; undefined where the config has none. */
export async function credentialsFor(directory: string, registry: string): Promise<string | undefined> {
  const config = await readConfig(join(directory, 'config.json'));
  const entry = Object.entries(config?.auths ?? {}).find(([name]) => hostOf(name) === registry)?.[1];
  if (!entry) return undefined;
  const plain = `${entry.username ?? ''}:${entry.password ?? ''}`;
  return `Basic ${entry.auth ?? Buffer.from(plain).toString('base64')}`;
}

async function readConfig(path: string): Promise<z.infer<typeof DockerConfig> | undefined> {
  try {
    return DockerConfig.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    // What is in it stays out of the message.
    const why = cause instanceof SyntaxError ? 'it is no JSON' : messageOf(cause);
    const message = `The pull secret is no .dockerconfigjson: ${why}.`;
    throw new ProblemError({ reason: 'InvalidPullSecret', message }, { cause });
  }
}

/** Keys are hosts, or URLs as Docker once wrote them: https://index.docker.io/v1/. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
