import { auditedRequests, isWrite, type AuditedRequest } from '../../test/e2e/stage/audit-log.ts';
import { bootVm } from '../machines.ts';
import { repeated, type Bench, type Row } from '../row.ts';

export const apiWrites: Row = {
  name: 'API writes a VM',
  unit: '',
  goal: '<= 6',
  about:
    "the operator's, events included, from a VM's creation until it and its pod are gone, from the audit log",
  measure: repeated('writes', once),
};

async function once(bench: Bench, name: string): Promise<number> {
  const { instance, scene } = bench;
  await bootVm(bench, name);
  await scene.k('delete', 'vm', name);
  await scene.waitFor('delete', `pod/${name}-1`);
  const wanted = { instance, namespace: scene.namespace, userAgent: 'hypersdk-operator' };
  const requests = (await auditedRequests(wanted)).filter(isWrite);
  return requests.filter((request) => isOf(name, request)).length;
}

/** The VM's own, and what is named after it. */
function isOf(vm: string, { name }: AuditedRequest): boolean {
  return name === vm || name.startsWith(`${vm}-`) || name.startsWith(`${vm}.`);
}
