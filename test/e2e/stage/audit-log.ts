/** What the API server's audit log says that a client did in one namespace. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { instanceDirectory } from '../../cluster/instance.ts';

export interface AuditedRequest {
  readonly verb: string;
  /** Such as `pods` or `virtualmachines/status`. */
  readonly resource: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The part of an audit.k8s.io/v1 Event that we read. */
interface AuditEvent {
  readonly verb: string;
  readonly userAgent?: string;
  readonly requestReceivedTimestamp: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

export interface Wanted {
  readonly instance: string;
  readonly userAgent: string;
  readonly namespace: string;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

export const isWrite = ({ verb }: AuditedRequest): boolean => WRITES.has(verb);

/** In the order in which they were answered; watches are left out. */
export async function auditedRequests(wanted: Wanted): Promise<AuditedRequest[]> {
  const file = join(instanceDirectory(wanted.instance), 'logs', 'audit.log');
  const found: AuditedRequest[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // Most lines are of others: parsing each would take seconds.
    if (!line.includes(wanted.namespace) || !line.includes(wanted.userAgent)) continue;
    const event = JSON.parse(line) as AuditEvent; // the API server's own form
    if (isWanted(event, wanted)) found.push(requestOf(event));
  }
  return found;
}

function isWanted({ verb, userAgent, objectRef }: AuditEvent, wanted: Wanted): boolean {
  const isTheirs = userAgent?.startsWith(wanted.userAgent) ?? false;
  return isTheirs && objectRef?.namespace === wanted.namespace && verb !== 'watch';
}

function requestOf({ verb, objectRef = {}, requestReceivedTimestamp }: AuditEvent): AuditedRequest {
  const { resource = '', subresource, name = '' } = objectRef;
  return {
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    name,
    time: Date.parse(requestReceivedTimestamp),
  };
}
