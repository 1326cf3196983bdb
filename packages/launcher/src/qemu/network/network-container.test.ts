import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ProblemError } from '../../problem.ts';
import { type RuntimeFiles, runtimeFiles } from '../../pod/runtime-files.ts';
import { networksFile, type PlacedNetwork, tellNetworkContainer } from './network-container.ts';

const network = (name: string, place: number, changes: Partial<PlacedNetwork> = {}): PlacedNetwork => ({
  ...{ name, place, binding: 'masquerade', mac: `52:00:00:00:00:0${place}`, ports: [] },
  ...changes,
});
const web = { port: 80, protocol: 'TCP' } as const;
const dns = { port: 53, protocol: 'UDP' } as const;

describe('what the network container is told', () => {
  const rows: [what: string, networks: PlacedNetwork[], lines: string[]][] = [
    [
      'has the main network first, whose ports are all others',
      [network('default', 0, { ports: [web] })],
      ['networks default,0,52:00:00:00:00:00', 'network-ports', 'pod-ports'],
    ],
    [
      'has the ports of a network by its place',
      [network('default', 0), network('lan', 2, { ports: [web, dns] })],
      [
        'networks default,0,52:00:00:00:00:00 lan,2,52:00:00:00:00:02',
        'network-ports 2,tcp,80 2,udp,53',
        'pod-ports',
      ],
    ],
    [
      "leaves the pod the ports of QEMU's own networks",
      [network('default', 1), network('own', 0, { binding: 'user', ports: [web] })],
      ['networks default,1,52:00:00:00:00:01', 'network-ports', 'pod-ports tcp,80'],
    ],
  ];
  for (const [what, networks, lines] of rows) {
    it(what, () => {
      assert.deepEqual(networksFile(networks).trimEnd().split('\n'), lines);
    });
  }
});

describe('telling the network container', () => {
  let files: RuntimeFiles;
  beforeEach(async () => {
    files = runtimeFiles(await mkdtemp(join(tmpdir(), 'networks-')));
  });
  afterEach(() => rm(files.directory, { recursive: true }));

  it('writes the file before it is woken', async () => {
    execFileSync('mkfifo', [files.networksFifo]);
    await using reader = await open(files.networksFifo, constants.O_RDWR | constants.O_NONBLOCK);
    await tellNetworkContainer([network('default', 0)], files);
    assert.match(await readFile(files.networks, 'utf8'), /^networks default/);
    const { bytesRead } = await reader.read(Buffer.alloc(8));
    assert.equal(bytesRead, 1);
  });

  it('says what to do where that takes none', async () => {
    await assert.rejects(tellNetworkContainer([network('default', 0)], files), ProblemError);
  });

  it('is not done where there is none', async () => {
    await tellNetworkContainer([network('own', 0, { binding: 'user' })], files);
  });
});
