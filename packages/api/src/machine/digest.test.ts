import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentDigest, machineDigest, machineDocument } from './digest.ts';
import { MachineSpec } from './spec.ts';
import { MachineState } from './state.ts';

/** As version 0.1.0 wrote them. Never change them: pods with such documents run for years. */
const firstSpec =
  '{"namespace":"default","name":"web","uuid":"5b5f1f8e-53a5-4ab0-9d3c-4f4f53c62a01","epoch":1,"power":"on",' +
  '"gracePeriod":30,"cpus":1,"memory":268435456,"machineType":"q35","acceleration":"tcg","disks":[{"name":"root",' +
  '"device":"disk","volume":{"type":"filesystem","directory":"/volumes/root"},"size":1073741824,' +
  '"source":{"type":"blank"}}],"networks":[{"name":"default","binding":"user","mac":"52:54:00:00:00:01","ports":[]}]}';
const firstState =
  '{"epoch":1,"phase":"Running","specDigest":"0123456789abcdef","disks":[],"restartAwaiting":[]}';

describe('a machine document', () => {
  it('has one text and one digest, in whatever order it was built', () => {
    const spec = MachineSpec.parse(JSON.parse(firstSpec));
    const turned = Object.fromEntries(Object.entries(spec).reverse()) as MachineSpec; // the same entries
    assert.equal(machineDocument(turned), machineDocument(spec));
    assert.equal(machineDigest(turned), documentDigest(machineDocument(spec)));
  });

  it('of an older operator is still taken, without any field that came later', () => {
    assert.doesNotThrow(() => MachineSpec.parse(JSON.parse(firstSpec)));
  });

  it('of a newer operator is taken without the fields that it knows more', () => {
    const newer = { ...(JSON.parse(firstSpec) as MachineSpec), hologram: { depth: 7 } };
    assert.deepEqual(MachineSpec.parse(newer), MachineSpec.parse(JSON.parse(firstSpec)));
  });
});

describe('a machine state', () => {
  it('of an older launcher is still understood', () => {
    assert.equal(MachineState.parse(JSON.parse(firstState)).phase, 'Running');
  });

  it('of a newer launcher is understood without what it says more', () => {
    const newer = { ...(JSON.parse(firstState) as MachineState), temperature: 42 };
    assert.deepEqual(MachineState.parse(newer), JSON.parse(firstState));
  });
});
