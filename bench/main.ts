/**
 * Measures, and writes docs/bench.md. Usage: node bench/main.ts [--instance NAME] [--output FILE] [ROW...], where a row
 * is named by words of its name. BENCH_N says how often each thing is measured.
 */
import { writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureQemu } from '../images/qemu.ts';
import { buildImages } from '../images/build.ts';
import { ensureDebianGuest } from '../images/guests/debian/image.ts';
import { binary } from '../test/cluster/binaries.ts';
import { lockInstance, stopCluster } from '../test/cluster/cluster.ts';
import { REPOSITORY } from '../test/cluster/instance.ts';
import { claimInstance } from '../test/cluster/slot.ts';
import { line, step } from '../test/cluster/progress.ts';
import { kubectl } from '../test/e2e/stage/kubectl.ts';
import { tinyTemplate } from '../test/e2e/stage/manifests.ts';
import { sceneIn } from '../test/e2e/stage/scene.ts';
import { startTestCluster } from '../test/test-cluster.ts';
import { report, type Circumstances, type Measured } from './report.ts';
import type { Bench, Row } from './row.ts';
import { rows } from './rows.ts';

const NAMESPACE = 'bench';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instance: { type: 'string', default: 'bench' },
    output: { type: 'string', default: join(REPOSITORY, 'docs/bench.md') },
  },
});
const wanted = rows.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word)),
);

await using _ = await lockInstance(options.instance);
try {
  const bench = await openBench(options.instance);
  const measured: Measured[] = [];
  for (const row of wanted) measured.push(await step(row.name, () => measure(bench, row)));
  const text = report(await circumstances(), measured);
  await writeFile(options.output, text);
  line(text);
} finally {
  await stopCluster({ instance: options.instance });
}

/** A row that cannot be measured says why, and the others are measured all the same. */
async function measure(bench: Bench, row: Row): Promise<Measured> {
  const before = loadavg()[0] ?? 0;
  try {
    const values = await row.measure(bench);
    return { row, values, load: [before, loadavg()[0] ?? 0] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    line(problem);
    return { row, values: [], problem, load: [before, loadavg()[0] ?? 0] };
  }
}

async function openBench(instance: string): Promise<Bench> {
  const { guests, launcher } = await buildImages();
  Object.assign(process.env, await startTestCluster(instance));
  process.env['PATH'] = `${join(binary('kubectl'), '..')}:${process.env['PATH'] ?? ''}`;
  await kubectl(['create', 'namespace', NAMESPACE]);
  const scene = sceneIn(NAMESPACE);
  await scene.apply(tinyTemplate());
  await scene.waitFor('condition=Ready', 'vmt/tiny');
  return {
    instance,
    cgroup: (await claimInstance(instance)).cgroup,
    scene,
    n: Number(process.env['BENCH_N'] ?? 10),
    node: await nodeWithoutOperator(),
    qemuDirectory: await ensureQemu(),
    guestImage: guests.tiny.file,
    largeImage: (await ensureDebianGuest()).file,
    launcherImage: launcher.reference,
  };
}

/** An operator shares the pages of Node.js with the launchers on its node, which would make those look small. */
async function nodeWithoutOperator(): Promise<string> {
  const where = ['--namespace', 'hypersdk-system', '--output=jsonpath={.items[*].spec.nodeName}'];
  const taken = (await kubectl(['get', 'pods', ...where])).split(' ');
  const nodes = (await kubectl(['get', 'nodes', '--output=jsonpath={.items[*].metadata.name}'])).split(' ');
  return nodes.find((node) => !taken.includes(node)) ?? nodes[0] ?? '';
}

async function circumstances(): Promise<Circumstances> {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const server = JSON.parse(await kubectl(['version', '--output=json'])) as {
    serverVersion: { gitVersion: string };
  };
  return {
    date: new Date().toISOString(),
    machine: `${cpus().length} x ${cpu?.model.trim() ?? arch()}, ${memory} GiB, Linux ${release()}, guests under TCG`,
    versions: `Kubernetes ${server.serverVersion.gitVersion}, Node.js ${process.version}`,
  };
}
