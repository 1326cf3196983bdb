import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MachineExpected, MachineSpec } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import type { Observed } from '../observe/observed.ts';
import { wantedOutgoing } from './wanted-outgoing.ts';

const expects: MachineExpected = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, launcherPort: 3, mirrored: [], streams: 1, bandwidth: 1 },
  ...{ target: 'web-2.default', downtime: 50, autoConverge: true },
};
const outgoing = { ...expects, host: '10.0.0.8' };
const caller = { id: 'a', host: '10.0.0.9' };
const begun: Observed['record'] = { migration: { id: 'a', state: 'sending', outgoing } };

interface Row {
  readonly when: string;
  readonly spec: Partial<MachineSpec>;
  readonly record?: Observed['record'];
  readonly caller?: Observed['caller'];
  readonly host: string | undefined;
}

const rows: readonly Row[] = [
  { when: 'nothing is asked for', spec: {}, caller, host: undefined },
  { when: 'its target was named', spec: { outgoing }, host: '10.0.0.8' },
  { when: 'its target is expected, and has not called', spec: { expects }, host: undefined },
  { when: 'its target is expected, and has called', spec: { expects }, caller, host: '10.0.0.9' },
  {
    when: 'the target of another has called',
    spec: { expects },
    caller: { ...caller, id: 'b' },
    host: undefined,
  },
  { when: 'it has begun, and the target has hung up', spec: { expects }, record: begun, host: '10.0.0.8' },
  { when: 'it has begun, and is not wanted any more', spec: {}, record: begun, caller, host: undefined },
];

for (const { when, spec, record = {}, caller: onTheLine, host } of rows) {
  it(`a guest goes ${host === undefined ? 'nowhere' : `to ${host}`} when ${when}`, () => {
    const found = wantedOutgoing({ spec: machineSpec(spec), record, caller: onTheLine });
    assert.equal(found?.host, host);
  });
}

it('a target that never ran the guest gives it back, though it was only expected', () => {
  const spec = machineSpec({ expects: { ...expects, takeBack: true } });
  assert.equal(wantedOutgoing({ spec, record: begun, caller: undefined })?.takeBack, true);
});
