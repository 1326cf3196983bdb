/** One guest that goes to and fro between two nodes, beside raw migrations of the same; it beats each millisecond. */
import { auditedRequests } from '../test/e2e/stage/audit-log.ts';
import { consoleLine } from '../test/e2e/stage/guest-console.ts';
import { typeCommand } from '../test/e2e/stage/guest-keyboard.ts';
import { operationOn, tinyVm } from '../test/e2e/stage/manifests.ts';
import { getVm } from '../test/e2e/stage/scene.ts';
import { LogFollower, type LogLine } from '../test/e2e/harness/log-follower.ts';
import { claimInstance } from '../test/cluster/slot.ts';
import { argvOf, deleteVm } from './machines.ts';
import { beating, rawMove, type RawMove } from './raw-move.ts';
import type { Bench } from './row.ts';

/** Milliseconds; `total` is of the launchers' work, from when the source is to send until the target has the guest. */
export interface Move extends RawMove {
  /** From the request that makes the operation until the one that says it has Succeeded. */
  readonly sinceApply: number;
  readonly raw: RawMove;
}

const VM = 'traveller';

const measured = new WeakMap<Bench, Promise<readonly Move[]>>();

/** Measured once for all rows that tell of it. */
export function moves(bench: Bench): Promise<readonly Move[]> {
  const before = measured.get(bench) ?? travel(bench);
  measured.set(bench, before);
  return before;
}

async function travel(bench: Bench): Promise<Move[]> {
  await startTraveller(bench, VM, 'beat');
  const argv = await argvOf(bench, `${VM}-1`);
  const made: Move[] = [];
  while (made.length < bench.n) {
    const ours = await move(bench, `${VM}-${made.length}`);
    made.push({ ...ours, raw: await rawMove(bench, argv) });
  }
  await deleteVm(bench, VM);
  return made;
}

/** Its disk is one that both nodes mount; the command is typed on its console. */
export async function startTraveller({ scene }: Bench, vm: string, command: string): Promise<void> {
  const disks = [{ name: 'root', size: '256Mi', cloneMode: 'full', accessMode: 'ReadWriteMany' } as const];
  const networks = [{ name: 'default', type: 'pod-network', binding: 'user' } as const];
  await scene.apply(tinyVm(vm, { running: true, disks, networks }));
  await scene.waitFor('condition=Running', `vm/${vm}`);
  await consoleLine(scene, `${vm}-1`, /^READY/);
  await typeCommand(scene, `${vm}-1`, command);
}

async function move(bench: Bench, name: string): Promise<Omit<Move, 'raw'>> {
  const { scene } = bench;
  const source = (await getVm(scene, VM)).status?.podName ?? '';
  const heard: LogLine[] = [];
  const instance = await claimInstance(bench.instance);
  const follower = new LogFollower(instance, scene.namespace, (line) => heard.push(line));
  try {
    await beating(source, () => beats(heard, source));
    await scene.apply({ ...operationOn(VM, 'migrate'), metadata: { name } });
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${name}`);
    const target = (await getVm(scene, VM)).status?.podName ?? '';
    await beating(target, () => beats(heard, target));
    await scene.waitFor('delete', `pod/${source}`);
    const gap = (beats(heard, target)[0] ?? NaN) - (beats(heard, source).at(-1) ?? NaN);
    const total = recorded(heard, target, 'arrived') - recorded(heard, source, 'preparing');
    return { gap, total, sinceApply: await sinceApply(bench, name) };
  } finally {
    await follower.close();
  }
}

/** When the runtime read each; in milliseconds since 1970. */
function beats(heard: readonly LogLine[], pod: string): number[] {
  const own = heard.filter((line) => line.pod === pod && line.container === 'qemu');
  return own.flatMap(({ text }) => (/ F \.\s*$/.test(text) ? [timeOf(text)] : []));
}

const timeOf = (line: string): number => Date.parse(line.split(' ', 1)[0] ?? '');

/** When a launcher put it on record that a migration has come so far. */
function recorded(heard: readonly LogLine[], pod: string, state: string): number {
  const own = heard.filter((line) => line.pod === pod && line.container === 'launcher');
  const line = own.findLast(({ text }) => text.includes(`"state":"${state}"`));
  return timeOf(line?.text ?? '');
}

/** The audit log has it by the API server's clock, without the time that kubectl takes. */
async function sinceApply({ instance, scene: { namespace } }: Bench, name: string): Promise<number> {
  const requests = async (userAgent: string): Promise<number[]> => {
    const all = await auditedRequests({ instance, namespace, userAgent });
    const own = all.filter((request) => request.name === name && /^vmoperations/.test(request.resource));
    return own.map(({ time }) => time);
  };
  const [created = NaN] = await requests('kubectl');
  return ((await requests('hypersdk-operator')).at(-1) ?? NaN) - created;
}
