import { consoleLine } from '../../test/e2e/stage/guest-console.ts';
import { operationOn } from '../../test/e2e/stage/manifests.ts';
import { deleteVm } from '../machines.ts';
import { moves, startTraveller, type Move } from '../moves.ts';
import { repeated, timed, type Row } from '../row.ts';

const each = (value: (move: Move) => number): Row['measure'] => {
  return async (bench) => (await moves(bench)).map(value);
};

export const migrationGap: Row = {
  name: 'Migration, gap',
  unit: 'ms',
  goal: '<= 50 ms',
  about:
    'between the last beat of an idle guest of 256 MiB in its source and the first in its target, on a disk that both nodes mount; it beats each millisecond',
  measure: each(({ gap }) => gap),
};

export const migrationGapToRaw: Row = {
  name: 'Migration, gap to raw',
  unit: '',
  goal: '<= 2',
  about: 'that gap / the same between two plain QEMUs on the host without TLS, taken in turns',
  measure: each(({ gap, raw }) => gap / raw.gap),
};

export const migrationTotal: Row = {
  name: 'Migration, total to raw',
  unit: '',
  goal: '<= 1.15',
  about:
    'from when the source of that migration is told to send until its target has the guest / from migrate-incoming until RESUME of plain QEMUs, taken in turns',
  measure: each(({ total, raw }) => total / raw.total),
};

export const migrationFromApply: Row = {
  name: 'Migration, from apply',
  unit: 'ms',
  goal: '<= 2500 ms',
  about:
    "from the request that makes an operation migrate of that guest until the one that says it has Succeeded, in the API server's audit log",
  measure: each(({ sinceApply }) => sinceApply),
};

export const busyMigration: Row = {
  name: 'Migration of a busy guest',
  unit: 's',
  goal: 'every time',
  about:
    'from apply until a migration has Succeeded of a guest that changes 80 MiB of its memory a second, half of which may be sent',
  measure: repeated('busy', async (bench, name) => {
    await startTraveller(bench, name, 'dirty 80');
    await consoleLine(bench.scene, `${name}-1`, /^DIRTIES 80/);
    const { spec, ...operation } = operationOn(name, 'migrate');
    const milliseconds = await timed(async () => {
      await bench.scene.apply({ ...operation, spec: { ...spec, migrateSpec: { bandwidth: '320Mbps' } } });
      await bench.scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${name}-migrate`);
    });
    await deleteVm(bench, name);
    return milliseconds / 1000;
  }),
};
