import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineOutgoing } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { planOutgoing } from './outgoing.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const outgoing: MachineOutgoing = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, launcherPort: 3, mirrored: [], streams: 1, bandwidth: 1 },
  ...{ host: '10.0.0.8', target: 'web-2.default', downtime: 50, autoConverge: true },
};
const migration = { id: 'a', state: 'sending', outgoing } as const;
const observed = (spec: Partial<Observed['spec']>): Observed =>
  ({ spec: machineSpec(spec), record: { migration }, jobs: new Map() }) as unknown as Observed;

type Status = NonNullable<RunningQemu['migration']>['status'];

const qemu = (migrates: Status, status: string): RunningQemu => ({
  ...{ state: 'running', status, version: '10.0.0', machine: 'pc-q35-10.0', startTime: undefined },
  ...{ cpus: 1, disks: [], networks: [], detached: [], silent: false },
  migration: { status: migrates },
});

/** What its QEMU says of the migration and of the guest, and what is done with it while it is wanted, and once it is not. */
const rows: { says: readonly [Status, string]; does: string[]; unwanted: string[]; wakes: number }[] = [
  { says: ['active', 'running'], does: [], unwanted: ['cancel'], wakes: 2_000 },
  { says: ['pre-switchover', 'finish-migrate'], does: ['switch-over'], unwanted: ['cancel'], wakes: 2_000 },
  { says: ['device', 'finish-migrate'], does: [], unwanted: [], wakes: 2_000 },
  { says: ['completed', 'finish-migrate'], does: [], unwanted: [], wakes: 10 },
  {
    says: ['completed', 'postmigrate'],
    does: ['record-handed-over', 'hand-over'],
    unwanted: ['record-handed-over', 'hand-over'],
    wakes: 2_000,
  },
  { says: ['completed', 'running'], does: ['end-migration'], unwanted: ['end-migration'], wakes: 2_000 },
  { says: ['failed', 'running'], does: ['end-migration'], unwanted: ['end-migration'], wakes: 2_000 },
  { says: ['none', 'running'], does: ['end-migration'], unwanted: ['end-migration'], wakes: 2_000 },
];

for (const { says, does, unwanted, wakes } of rows) {
  const [status, guest] = says;
  for (const [spec, expected] of [
    [{ outgoing }, does],
    [{}, unwanted],
  ] as const) {
    const wanted = 'outgoing' in spec ? 'is wanted' : 'is called off';
    it(`a guest that is sent, whose QEMU is at ${status} and ${guest}, and that ${wanted}: ${expected.join(', ') || 'nothing'}`, () => {
      const plan = planOutgoing(observed(spec), qemu(status, guest), NOW);
      const types = plan?.actions.map((action) =>
        action.type === 'migrate' ? action.step.type : action.type,
      );
      assert.deepEqual(types, expected);
      assert.equal(plan?.wakeAt?.getTime(), NOW.getTime() + wakes);
    });
  }
}
