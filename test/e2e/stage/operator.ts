/** The operator as its administrator handles it. */
import { kubectl } from './kubectl.ts';

const DEPLOYMENT = 'deployment/hypersdk-operator';
export const OPERATOR_PODS = '--selector=app.kubernetes.io/name=hypersdk-operator';

export const operator = (...args: string[]): Promise<string> =>
  kubectl(['--namespace', 'hypersdk-system', ...args]);

export async function operatorIsThere(): Promise<void> {
  await operator('rollout', 'status', DEPLOYMENT, '--timeout=240s');
}

/** Resolves when so many replicas are there, and no other. */
export async function scaleOperator(replicas: number): Promise<void> {
  await operator('scale', DEPLOYMENT, `--replicas=${replicas}`);
  if (replicas > 0) await operatorIsThere();
  else await operator('wait', '--for=delete', 'pod', OPERATOR_PODS, '--timeout=180s');
}

/** The pod that leads. */
export function leader(): Promise<string> {
  return operator('get', 'lease', 'hypersdk-operator', '--output=jsonpath={.spec.holderIdentity}');
}

/** Resolves with the pod that leads after this one. */
export async function nextLeader(before: string): Promise<string> {
  const isAnother = (holder: string): boolean => holder !== '' && holder !== before;
  const deadline = Date.now() + 180_000;
  for (;;) {
    const holder = await leader();
    if (isAnother(holder)) return holder;
    if (Date.now() > deadline) throw new Error(`${before} has no successor`);
  }
}

export function containerId(pod: string): Promise<string> {
  return operator('get', 'pod', pod, '--output=jsonpath={.status.containerStatuses[0].containerID}');
}

/** What a replica tells Prometheus. Its image has Node.js, and nothing smaller that speaks HTTP. */
export function metrics(pod: string): Promise<string> {
  const program = `fetch('http://localhost:9090/metrics').then((answer) => answer.text()).then(console.log)`;
  return operator('exec', pod, '--', 'node', '--eval', program);
}

/** Each line that an operator pod has logged at level error. */
export async function errorLines(): Promise<string[]> {
  const log = await operator('logs', OPERATOR_PODS, '--tail=-1');
  return log.split('\n').filter((line) => line.includes('"level":"error"'));
}
