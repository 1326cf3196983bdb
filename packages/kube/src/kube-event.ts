import { randomBytes } from 'node:crypto';
import type { KubeObject } from './object.ts';
import type { Event } from './resources.ts';

export type EventType = 'Normal' | 'Warning';

export interface Reporter {
  /** Such as `hypersdk.io/operator`. */
  readonly component: string;
  /** The pod's name. */
  readonly instance: string;
}

export interface Happening {
  readonly type: EventType;
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** What the API server accepts for a note of an event. */
const MESSAGE_LENGTH = 1024;

/** An object's name may fill a name's whole length; we add 17 characters. */
const NAME_LENGTH = 253 - 17;

/**
 * A core/v1 Event. Without eventTime, so that `count` and `lastTimestamp` may be patched and
 * `kubectl get events` and `kubectl describe` show them.
 */
export function kubeEvent(reporter: Reporter, object: KubeObject, happening: Happening): Event {
  const { metadata } = object;
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const name = metadata.name.slice(0, NAME_LENGTH).replace(/[^a-z0-9]+$/, '');
  return {
    // An event of a cluster-scoped object lives in `default`, where kubectl looks for it.
    metadata: {
      name: `${name}.${randomBytes(8).toString('hex')}`,
      namespace: metadata.namespace ?? 'default',
    },
    involvedObject: involvedObject(object),
    type: happening.type,
    reason: happening.reason,
    message: happening.message.slice(0, MESSAGE_LENGTH),
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: reporter.component },
    reportingComponent: reporter.component,
    reportingInstance: reporter.instance,
  };
}

function involvedObject({ apiVersion, kind, metadata }: KubeObject): Event['involvedObject'] {
  if (!apiVersion || !kind) throw new TypeError(`an event needs apiVersion and kind of ${metadata.name}`);
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
