import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { startCluster, startControlPlane, stopCluster } from './cluster.ts';
import { removeCheckoutFiles } from './down.ts';
import { lockInstance } from './lock.ts';
import { describeInstance } from './status.ts';
import { kindClusterName, targetKinds, type TargetKind } from './target.ts';
import { up } from './up.ts';
import { findInstance } from './slot.ts';
import { kubectl } from './kubectl.ts';

const USAGE = `node test/cluster/main.ts COMMAND [--instance NAME] [--cluster local|kind|current]

  up       a cluster, the operator and a first VM
  down     stop and remove all that "up" made
  status   what of the instance runs on this machine
  cluster  two nodes with nothing on them; prints the kubeconfig's path
  api      an API server alone, for tests of controllers; prints the kubeconfig's path
  kubectl  the built kubectl on the instance: node test/cluster/main.ts kubectl -- get nodes
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      instance: { type: 'string', default: 'dev' },
      cluster: { type: 'string', default: 'local' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command = '', ...rest] = positionals;
  process.exitCode =
    values.help === true ? usage() : await run(command, values.instance, targetKind(values.cluster), rest);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  // At once: what ran beside the part that failed may have minutes to go.
  process.exit(1);
}

/** Answers the exit code. */
async function run(command: string, instance: string, kind: TargetKind, rest: string[]): Promise<number> {
  switch (command) {
    case 'up':
      await exclusively(instance, () => up(kind, instance));
      return 0;
    case 'down':
      await exclusively(instance, () => down(kind, instance));
      return 0;
    case 'cluster':
    case 'api': {
      const start = command === 'api' ? startControlPlane : startCluster;
      const { checkoutKubeconfig } = await exclusively(instance, () => start({ instance }));
      process.stdout.write(`${checkoutKubeconfig}\n`);
      return 0;
    }
    case 'status':
      process.stdout.write(await describeInstance(instance));
      return 0;
    case 'kubectl':
      return runKubectl(instance, rest);
    default:
      return usage();
  }
}

async function down(kind: TargetKind, instance: string): Promise<void> {
  switch (kind) {
    case 'local':
      await stopCluster({ instance });
      return;
    case 'kind':
      await execa('kind', ['delete', 'cluster', '--name', kindClusterName(instance)], { stdio: 'inherit' });
      await removeCheckoutFiles(instance);
      return;
    case 'current':
      process.stderr.write(
        'The cluster is yours; helm uninstall hypersdk-operator -n hypersdk-system removes the operator.\n',
      );
  }
}

async function runKubectl(name: string, parameters: string[]): Promise<number> {
  const instance = await findInstance(name);
  if (!instance) throw new Error(`There is no instance "${name}" on this machine`);
  const { exitCode } = await kubectl(instance, parameters, { stdio: 'inherit', reject: false, timeout: 0 });
  return exitCode ?? 1;
}

async function exclusively<T>(instance: string, work: () => Promise<T>): Promise<T> {
  await using _ = await lockInstance(instance);
  return await work();
}

function targetKind(text: string): TargetKind {
  const found = targetKinds.find((kind) => kind === text);
  if (!found) throw new RangeError(`"${text}" is no kind of cluster: ${targetKinds.join(', ')}`);
  return found;
}

function usage(): number {
  process.stderr.write(USAGE);
  return 2;
}

function explain(error: unknown): string {
  if (process.env['DEBUG'] !== undefined) return String(error instanceof Error ? error.stack : error);
  return error instanceof Error ? error.message : String(error);
}
