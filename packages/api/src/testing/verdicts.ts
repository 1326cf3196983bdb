import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { Status, type Answer, type ApiServer } from './api-server.ts';
import { create, patch, putStatus, remove, type Manifest } from './custom-resources.ts';

/** A spec that must be refused, or the change of one. */
export interface Refusal {
  readonly spec: object;
  /** Merge patch of `spec`; with it, creating `spec` must succeed and the change must not. */
  readonly change?: object;
  /** What the object's status is before the change. */
  readonly status?: object;
  /** Field that the server must name, and words that its message must hold. */
  readonly field: string;
  readonly message: string;
}

export interface Acceptance {
  readonly spec: object;
  readonly change?: object;
}

type Make = (spec: object) => Manifest;

export function itRefuses(server: ApiServer, make: Make, table: Readonly<Record<string, Refusal>>): void {
  void describe('is refused', () => {
    for (const [title, { spec, change, status, field, message }] of Object.entries(table)) {
      void it(title, async () => {
        const { code, body } = await verdict(server, renamed(make(spec)), change, status);
        const causes = code === 422 ? Status.parse(body).details.causes : [];
        const found = causes.some((cause) => cause.field === field && cause.message.includes(message));
        assert.ok(found, `wanted ${field}: ${message}; got ${code} ${JSON.stringify(causes, null, 1)}`);
      });
    }
  });
}

export function itAccepts(server: ApiServer, make: Make, table: Readonly<Record<string, Acceptance>>): void {
  void describe('is accepted', () => {
    for (const [title, { spec, change }] of Object.entries(table)) {
      void it(title, async () => {
        const { code, body } = await verdict(server, renamed(make(spec)), change);
        assert.ok(code < 300, JSON.stringify(body));
      });
    }
  });
}

/** Rules on changes need an object that is truly there. */
async function verdict(
  server: ApiServer,
  manifest: Manifest,
  change?: object,
  status?: object,
): Promise<Answer> {
  if (change === undefined) return create(server, manifest);
  const created = await create(server, manifest, { dryRun: false });
  assert.equal(created.code, 201, JSON.stringify(created.body));
  try {
    if (status) assert.equal((await putStatus(server, manifest, status)).code, 200);
    return await patch(server, manifest, { spec: change });
  } finally {
    await remove(server, manifest);
  }
}

/** Several runs may share one server. */
function renamed(manifest: Manifest): Manifest {
  const { metadata } = manifest;
  return metadata.name === ''
    ? { ...manifest, metadata: { name: `test-${randomUUID().slice(0, 8)}` } }
    : manifest;
}
