import { parseArgs } from 'node:util';
import { startCluster, startControlPlane, stopCluster } from './cluster.ts';
import { lockInstance } from './lock.ts';

const USAGE = `node test/cluster/main.ts COMMAND [--instance NAME]

  api     an API server alone, for tests of controllers; prints its kubeconfig's path
  cluster two nodes and nothing on them; prints the kubeconfig's path
  down    take everything of the instance off this machine
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { instance: { type: 'string' }, cluster: { type: 'string', default: 'local' } },
});

await run(positionals[0]);

async function run(command: string | undefined): Promise<void> {
  const instance = values.instance ?? 'dev';
  switch (command) {
    case 'api': {
      await using _ = await lockInstance(instance);
      const { checkoutKubeconfig } = await startControlPlane({ instance });
      process.stdout.write(`${checkoutKubeconfig}\n`);
      return;
    }
    case 'cluster': {
      await using _ = await lockInstance(instance);
      const { checkoutKubeconfig } = await startCluster({ instance });
      process.stdout.write(`${checkoutKubeconfig}\n`);
      return;
    }
    case 'down': {
      await using _ = await lockInstance(instance);
      await stopCluster({ instance });
      return;
    }
    default:
      process.stderr.write(USAGE);
      process.exitCode = 2;
  }
}
