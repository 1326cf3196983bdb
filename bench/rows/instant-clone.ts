import { consoleLine } from '../../test/e2e/stage/guest-console.ts';
import { operationOn } from '../../test/e2e/stage/manifests.ts';
import { getVm } from '../../test/e2e/stage/scene.ts';
import { benchVm, deleteVm, lineTime } from '../machines.ts';
import { repeated, type Bench, type Row } from '../row.ts';

/** The last that a guest says of its boot. */
const BOOTED = /READY/;

export const instantClone: Row = {
  name: 'Instant clone',
  unit: '',
  goal: '<= 0.25',
  about:
    "from QEMU's start until the guest of a clone with memory goes on, as a ratio to its source's, from QEMU's start until it has booted",
  measure: repeated('instant', async (bench, name) => {
    const { clone, boot } = await timelines(bench, name);
    return (clone.runs - clone.qemu) / (boot.runs - boot.qemu);
  }),
};

export const instantCloneFromApply: Row = {
  name: 'Instant clone, from apply',
  unit: '',
  goal: '-',
  about:
    'from apply of the operation until the guest of a clone with memory goes on, as a ratio to its source, from apply until it has booted',
  measure: repeated('instant-apply', async (bench, name) => {
    const { clone, boot } = await timelines(bench, name);
    return (clone.runs - clone.applied) / (boot.runs - boot.applied);
  }),
};

/** Milliseconds since 1970. */
interface Timeline {
  readonly applied: number;
  readonly qemu: number;
  readonly runs: number;
}

async function timelines(bench: Bench, name: string): Promise<{ boot: Timeline; clone: Timeline }> {
  const boot = await bootSource(bench, name);
  const clone = await cloneOf(bench, name);
  await deleteVm(bench, `${name}-twin`);
  await bench.scene.waitFor('condition=InUse=False', `vm/${name}`);
  await deleteVm(bench, name);
  return { boot, clone };
}

async function bootSource(bench: Bench, name: string): Promise<Timeline> {
  const { scene } = bench;
  const applied = Date.now();
  await scene.apply(benchVm(bench, name));
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, BOOTED);
  await consoleLine(scene, `${name}-1`, /^tick 5 /);
  const runs = await lineTime(bench, `${name}-1`, BOOTED);
  return { applied, qemu: startOf(await getVm(scene, name)), runs };
}

async function cloneOf(bench: Bench, name: string): Promise<Timeline> {
  const { scene } = bench;
  const twin = `${name}-twin`;
  const { spec, ...operation } = operationOn(name, 'clone');
  const cloneSpec = { targetName: twin, linkedClone: true, includeMemory: true, startAfterClone: true };
  const applied = Date.now();
  await scene.apply({ ...operation, spec: { ...spec, cloneSpec } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${name}-clone`);
  await scene.waitFor('condition=Running', `vm/${twin}`);
  await consoleLine(scene, `${twin}-1`, /^tick /);
  const frozen = Date.parse((await getVm(scene, name)).status?.lastFreeze?.time ?? '');
  const [first] = await ticks(bench, `${twin}-1`);
  if (!first) throw new Error(`${twin} has not counted`);
  // What its clock had come to when it was frozen has not passed here.
  const uptimeThen = frozen - Math.min(...(await ticks(bench, `${name}-1`)).map(({ booted }) => booted));
  return { applied, qemu: startOf(await getVm(scene, twin)), runs: first.booted + uptimeThen };
}

const startOf = ({ status }: Awaited<ReturnType<typeof getVm>>): number =>
  Date.parse(status?.startTime ?? '');

/** When each second was told, and so when the guest's clock began; a log that is late says too late. */
async function ticks({ scene }: Bench, pod: string): Promise<{ readonly booted: number }[]> {
  const log = await scene.k('logs', pod, '--container', 'qemu', '--timestamps');
  return [...log.matchAll(/^(\S+) tick \d+ ([\d.]+)/gm)].map(([, told = '', uptime]) => ({
    booted: Date.parse(told) - Number(uptime) * 1000,
  }));
}
