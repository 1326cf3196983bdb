import assert from 'node:assert/strict';
import { customResourceDefinition } from '../crd.ts';
import { API_VERSION } from '../group.ts';
import { kinds } from '../kinds.ts';
import type { ApiServer } from './api-server.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const DRY_RUN = 'dryRun=All&fieldValidation=Strict';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** Applies our CRDs and returns when the server serves them. */
export async function installCrds(server: ApiServer): Promise<void> {
  for (const kind of kinds) {
    const crd = customResourceDefinition(kind);
    const path = `${CRDS}/${crd.metadata.name}?fieldManager=test&force=true&fieldValidation=Strict`;
    const contentType = 'application/apply-patch+yaml';
    const answer = await server({ method: 'PATCH', path, contentType, body: crd });
    assert.ok(answer.code < 300, JSON.stringify(answer.body));
    await served(server, kind.plural);
  }
}

/** Ends at once when the endpoint is there; the server answers 404 until the CRD is established. */
async function served(server: ApiServer, plural: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { code } = await server({ method: 'GET', path: `/apis/${API_VERSION}/${plural}?limit=1` });
    if (code === 200) return;
    assert.ok(Date.now() < deadline, `${plural} are not served: ${code}`);
  }
}

/** Creates the object; `dryRun` has the server check it alone. */
export function create(server: ApiServer, manifest: Manifest, { dryRun = true } = {}) {
  return server({ method: 'POST', path: `${collection(manifest)}?${query(dryRun)}`, body: manifest });
}

/** Has the server check a JSON merge patch of an object that exists. */
export function patch(server: ApiServer, manifest: Manifest, body: object) {
  const contentType = 'application/merge-patch+json';
  return server({ method: 'PATCH', path: `${objectPath(manifest)}?${DRY_RUN}`, contentType, body });
}

/** Merges into the object's status. */
export function putStatus(server: ApiServer, manifest: Manifest, status: object) {
  const contentType = 'application/merge-patch+json';
  return server({ method: 'PATCH', path: `${objectPath(manifest)}/status`, contentType, body: { status } });
}

export function remove(server: ApiServer, manifest: Manifest) {
  return server({ method: 'DELETE', path: objectPath(manifest) });
}

function query(dryRun: boolean): string {
  return dryRun ? DRY_RUN : 'fieldValidation=Strict';
}

function objectPath(manifest: Manifest): string {
  return `${collection(manifest)}/${manifest.metadata.name}`;
}

function collection({ kind }: Manifest): string {
  const plural = kinds.find((known) => known.kind === kind)?.plural;
  assert.ok(plural, `no kind ${kind}`);
  return `/apis/${API_VERSION}/namespaces/default/${plural}`;
}
