import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LAUNCHER_PORT, type MachineSpec } from '@hypersdk/api/machine';
import { blankDisk, machineSpec } from '../../testing/machine-spec.ts';
import { jobKey } from './action.ts';
import type { JobState, Observed, ObservedDisk, RunningQemu } from '../observe/observed.ts';
import { plan } from './plan.ts';
import type { Plan } from './planned.ts';

const NOW = new Date('2026-01-01T00:01:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const inFuture = (seconds: number): Date => ago(-seconds);

const disk = blankDisk();
const layers = [{ file: '/volumes/root/disk.qcow2', driver: 'file', format: 'qcow2' }] as const;
const found = (virtualSize: number): ObservedDisk => ({
  disk,
  found: { state: 'ready', layers, virtualSize, actualSize: 1, directIo: true },
});
const imageOnDevice = blankDisk({
  volume: { type: 'block', device: '/volumes/root' },
  source: { type: 'image', path: '/images/golden/image.qcow2', clone: 'full' },
});
const missing: ObservedDisk = { disk, found: { state: 'missing' } };
const problem = { reason: 'NoSpace', message: 'full', disk: 'root' };
const tcg = { type: 'tcg', reason: 'The spec asks for it.' } as const;
const firmware = { bootloader: 'uefi', secureBoot: true, tpm: true, directory: '/firmware-state' } as const;
const makeRoot = { type: 'make-disk', disk } as const;
const broken = (permanent: boolean, retryAt: Date): ObservedDisk => ({
  disk,
  found: { state: 'broken', problem, permanent, retryAt },
});
const failed = (permanent: boolean, retryAt: Date, action: object = makeRoot): JobState => ({
  ...{ state: 'failed', problem, permanent, retryAt },
  action: JSON.stringify(action),
});
const jobs = (state: JobState): Observed['jobs'] => new Map([[jobKey(makeRoot), state]]);

const fresh: Observed = {
  spec: machineSpec({ disks: [disk] }),
  specDigest: '',
  record: {},
  powerdownRequested: false,
  qemu: { state: 'unlaunched' },
  disks: [found(disk.size)],
  seedPresent: false,
  firmwareReady: true,
  networkReady: true,
  acceleration: tcg,
  unmounted: [],
  freeBytes: undefined,
  lastGoOn: undefined,
  lastNudge: undefined,
  jobs: new Map(),
  guestAgent: undefined,
  newReboots: undefined,
  frozen: undefined,
  dropped: [],
  savedMemory: undefined,
  goAhead: undefined,
  handOver: undefined,
  identity: undefined,
};
const diskState = (virtualSize: number, name = 'root'): RunningQemu['disks'][number] => ({
  ...{ name, format: 'qcow2', virtualSize, actualSize: 1, chain: [] },
});
const running = (status: string, changes: Partial<RunningQemu> = {}): RunningQemu => ({
  ...{
    state: 'running',
    status,
    version: '10.0.0',
    machine: 'pc-q35-10.0',
    startTime: ago(60),
    cpus: 2,
    disks: [diskState(disk.size)],
    networks: [],
    detached: [],
    silent: false,
  },
  ...changes,
});
const up: Observed = {
  ...fresh,
  qemu: running('running'),
  record: { launch: { spec: fresh.spec, acceleration: tcg } },
};
const full = running('io-error', { failedDisk: { name: 'root', noSpace: true } });
const MEBIBYTE = 1024 ** 2;
const growRoot = { type: 'block-resize', disk } as const;
const enlargeRoot = { type: 'grow-file-systems', name: 'root', size: disk.size } as const;
/** Under a guest whose agent answers, and has not been asked. */
const grown = (changes: Partial<Observed> = {}): Observed => ({
  ...up,
  spec: machineSpec({ disks: [disk], guestAgent: { readiness: false, growFileSystems: true } }),
  record: { ...up.record, fileSystemsDue: { root: disk.size } },
  guestAgent: { connection: 'Connected' },
  ...changes,
});
const data = blankDisk({ name: 'data' });
const plugData = { type: 'plug-disk', disk: data, machineType: 'q35' } as const;
const withDisks = (...disks: MachineSpec['disks']): Observed => ({ ...up, spec: machineSpec({ disks }) });
const servedData = { disk: 'data', host: '10.1.0.9', port: 10809, server: 'web-1.data' };
const served: Observed = {
  ...up,
  spec: { ...machineSpec({ disks: [blankDisk(), data] }), attachments: [servedData] },
};
const away = running('io-error', {
  disks: [diskState(disk.size), diskState(data.size, 'data')],
  failedDisk: { name: 'data', noSpace: false },
});
const poweringDown = (since: Date, lastNudge?: Date): Observed => ({
  ...up,
  powerdownRequested: true,
  record: { ...up.record, powerdownSince: since.toISOString() },
  lastNudge,
});
const withSpec = (changes: Partial<MachineSpec>): Observed => ({
  ...fresh,
  spec: machineSpec(changes),
  disks: [],
});
const network = (binding: 'user' | 'masquerade', port: number): MachineSpec['networks'][number] => ({
  ...{ name: 'default', binding, mac: '52:54:00:00:00:01' },
  ports: [{ port, protocol: 'TCP' }],
});

const extra = network('user', 80);
const withNetworks = (networks: MachineSpec['networks'], has: string[] = []): Observed => ({
  ...up,
  spec: machineSpec({ disks: [disk], networks }),
  qemu: running('running', { networks: has }),
});

const [main, lan] = ['main', 'lan'].map((name) => ({ ...network('masquerade', 80), name })) as [
  typeof extra,
  typeof extra,
];
/** Of a machine that was started with both. */
function masquerading(networks: MachineSpec['networks'], has: string[]): Observed {
  const launch = { acceleration: { type: 'tcg' as const, reason: '' } };
  const started = machineSpec({ disks: [disk], networks: [main, lan] });
  return { ...withNetworks(networks, has), record: { ...up.record, launch: { ...launch, spec: started } } };
}

interface Case {
  readonly when: string;
  readonly observed: Observed;
  readonly then: Partial<Plan> & { readonly problemReason?: string };
}

const launch = {
  type: 'launch',
  acceleration: tcg,
  disks: [{ name: 'root', device: 'disk', bootIndex: undefined, layers, directIo: true }],
} as const;

const booting: Case[] = [
  { when: 'all is ready: launch', observed: fresh, then: { phase: 'Preparing', actions: [launch] } },
  {
    when: "the pod's network is not tied to the guest's yet: look again soon, and launch nothing",
    observed: { ...fresh, networkReady: false },
    then: { phase: 'Preparing', actions: [], wakeAt: inFuture(0.05) },
  },
  {
    when: 'a disk is missing: make it, and launch nothing',
    observed: { ...fresh, disks: [missing] },
    then: { phase: 'Preparing', actions: [makeRoot] },
  },
  {
    when: 'the disk is being made: wait',
    observed: {
      ...fresh,
      disks: [missing],
      jobs: jobs({ state: 'running', type: 'make-disk', action: JSON.stringify(makeRoot) }),
    },
    then: { phase: 'Preparing', actions: [] },
  },
  {
    when: 'everything is missing: make it side by side',
    observed: {
      ...fresh,
      spec: machineSpec({
        disks: [disk],
        cloudInit: { instanceId: 'i', hostname: 'h' },
        acceleration: 'auto',
      }),
      disks: [missing],
      acceleration: undefined,
    },
    then: {
      actions: [
        makeRoot,
        { type: 'make-seed', cloudInit: { instanceId: 'i', hostname: 'h' } },
        { type: 'resolve-acceleration', wanted: 'auto' },
      ],
    },
  },
  {
    when: 'nothing is there of what the firmware keeps: make it',
    observed: { ...fresh, spec: machineSpec({ disks: [disk], firmware }), firmwareReady: false },
    then: { actions: [{ type: 'make-firmware-state', firmware }] },
  },
  {
    when: 'the disk is smaller than the spec: grow it',
    observed: { ...fresh, disks: [found(disk.size - 1)] },
    then: { actions: [{ type: 'grow-disk', disk }] },
  },
  {
    when: 'its image is on its block volume, and the operator does not know yet: wait for its word',
    observed: {
      ...withSpec({ disks: [imageOnDevice] }),
      disks: [{ ...found(disk.size), disk: imageOnDevice }],
    },
    then: { phase: 'Preparing', actions: [] },
  },
  {
    when: 'it is larger: leave it',
    observed: { ...fresh, disks: [found(disk.size + 1)] },
    then: { phase: 'Preparing' },
  },
  {
    when: 'making failed for good: say so, and try again in time',
    observed: { ...fresh, disks: [missing], jobs: jobs(failed(true, inFuture(30))) },
    then: { phase: 'Failed', actions: [], problem, wakeAt: inFuture(30) },
  },
  {
    when: 'making failed and may pass: say so and wait',
    observed: { ...fresh, disks: [missing], jobs: jobs(failed(false, inFuture(1))) },
    then: { phase: 'Preparing', actions: [], problem, wakeAt: inFuture(1) },
  },
  {
    when: 'the time to try again has come: try',
    observed: { ...fresh, disks: [missing], jobs: jobs(failed(false, ago(0))) },
    then: { actions: [makeRoot] },
  },
  {
    when: 'what failed was for an older spec: forget it',
    observed: {
      ...fresh,
      disks: [missing],
      jobs: jobs(failed(true, inFuture(30), { ...makeRoot, disk: 'older' })),
    },
    then: { phase: 'Preparing', actions: [makeRoot], problem: undefined },
  },
  {
    when: 'the disk cannot be used: launch nothing',
    observed: { ...fresh, disks: [broken(true, inFuture(30))] },
    then: { phase: 'Failed', actions: [], problem },
  },
  {
    when: 'the disk is held by another: wait for it',
    observed: { ...fresh, disks: [broken(false, inFuture(2))] },
    then: { phase: 'Preparing', actions: [], problem, wakeAt: inFuture(2) },
  },
  {
    when: 'it is to be off: have the wrapper exit, whatever is missing',
    observed: { ...fresh, disks: [missing], powerdownRequested: true },
    then: { phase: 'PoweringDown', actions: [{ type: 'decline' }] },
  },
];

const unsupported: Case[] = [
  {
    when: 'five networks',
    observed: withSpec({ networks: [80, 81, 82, 83, 84].map((port) => network('masquerade', port)) }),
    then: { problemReason: 'TooManyNetworks' },
  },
  {
    when: "the launcher's port",
    observed: withSpec({ networks: [network('user', LAUNCHER_PORT)] }),
    then: { problemReason: 'PortReserved' },
  },
  {
    when: 'a CD-ROM in a microvm',
    observed: withSpec({ machineType: 'microvm', disks: [blankDisk({ device: 'cdrom' })] }),
    then: { problemReason: 'NotSupported' },
  },
  {
    when: 'more sata drives than a pc has',
    observed: withSpec({
      machineType: 'pc',
      disks: ['a', 'b', 'c'].map((name) => blankDisk({ name, device: 'cdrom' })),
    }),
    then: { problemReason: 'TooManyDrives' },
  },
  {
    when: 'firmware that keeps something in a microvm',
    observed: withSpec({ machineType: 'microvm', firmware }),
    then: { problemReason: 'NotSupported' },
  },
  {
    when: 'Secure Boot in a pc',
    observed: withSpec({ machineType: 'pc', firmware }),
    then: { problemReason: 'NotSupported' },
  },
  {
    when: 'thirteen disks',
    observed: withSpec({ disks: Array.from({ length: 13 }, (_, index) => blankDisk({ name: `d${index}` })) }),
    then: { problemReason: 'TooManyDisks' },
  },
].map((row) => ({ ...row, then: { phase: 'Failed', actions: [], ...row.then } }));

const living: Case[] = [
  {
    when: 'QEMU comes up',
    observed: { ...up, qemu: { state: 'starting' } },
    then: { phase: 'Starting', actions: [] },
  },
  { when: 'the guest runs', observed: up, then: { phase: 'Running', actions: [], problem: undefined } },
  {
    when: 'a disk is full under it: name the disk and look for room',
    observed: { ...up, qemu: full, freeBytes: 4096 },
    then: { phase: 'Paused', actions: [], problemReason: 'NoSpace', wakeAt: inFuture(3) },
  },
  {
    when: 'its full disk has room again: let it go on',
    observed: { ...up, qemu: full, freeBytes: MEBIBYTE },
    then: {
      phase: 'Paused',
      actions: [{ type: 'go-on', lastGoOn: { time: NOW, wait: 5 } }],
      problemReason: 'NoSpace',
    },
  },
  {
    when: 'its volume said that it had room and had none: wait longer each time',
    observed: { ...up, qemu: full, freeBytes: MEBIBYTE, lastGoOn: { time: ago(6), wait: 5 } },
    then: { actions: [{ type: 'go-on', lastGoOn: { time: NOW, wait: 10 } }] },
  },
  {
    when: 'its disk was full a moment ago and is again: wait before the next attempt',
    observed: { ...up, qemu: full, freeBytes: MEBIBYTE, lastGoOn: { time: ago(1), wait: 5 } },
    then: { actions: [], wakeAt: inFuture(3) },
  },
  {
    when: 'its full disk has room again and it is to stand still',
    observed: { ...up, spec: { ...up.spec, power: 'paused' }, qemu: full, freeBytes: MEBIBYTE },
    then: { phase: 'Paused', actions: [] },
  },
  {
    when: 'it does not say what room its full disk has: wait to be asked',
    observed: { ...up, qemu: full },
    then: { phase: 'Paused', actions: [], problemReason: 'NoSpace', wakeAt: undefined },
  },
  {
    when: 'a disk is to be larger: enlarge it',
    observed: { ...up, qemu: running('running', { disks: [diskState(disk.size - 1)] }) },
    then: { phase: 'Running', actions: [growRoot], problem: undefined },
  },
  {
    when: 'a disk is larger than it need be: leave it',
    observed: { ...up, qemu: running('running', { disks: [diskState(disk.size + 1)] }) },
    then: { phase: 'Running', actions: [] },
  },
  {
    when: 'a disk has grown and an agent answers: have it enlarge the file systems',
    observed: grown(),
    then: { phase: 'Running', actions: [enlargeRoot], problem: undefined },
  },
  {
    when: 'a disk has grown and no agent answers: say nothing',
    observed: grown({ guestAgent: { connection: 'NotConnected' } }),
    then: { actions: [], problem: undefined, wakeAt: undefined },
  },
  {
    when: 'a disk is about to grow: enlarge nothing on it yet',
    observed: grown({ qemu: running('running', { disks: [diskState(disk.size - 1)] }) }),
    then: { actions: [growRoot] },
  },
  {
    when: 'a disk has grown under a guest that stands still: ask it later',
    observed: grown({ qemu: running('paused') }),
    then: { actions: [] },
  },
  {
    when: 'a disk has grown and the file systems are left to the guest',
    observed: grown({ spec: { ...up.spec, guestAgent: { readiness: false, growFileSystems: false } } }),
    then: { actions: [] },
  },
  {
    when: 'an agent could not enlarge the file systems: try again later, and say nothing of the machine',
    observed: grown({
      jobs: new Map([[jobKey(enlargeRoot), failed(false, inFuture(60), enlargeRoot)]]),
    }),
    then: { phase: 'Running', actions: [], problem: undefined, wakeAt: inFuture(60) },
  },
  {
    when: 'an agent has enlarged the file systems: put that on record first',
    observed: grown({ enlarged: new Map([['root', disk.size]]) }),
    then: { actions: [{ type: 'record-enlarged', name: 'root', size: disk.size }] },
  },
  {
    when: 'a disk has grown again since an agent has enlarged the file systems: ask once more',
    observed: grown({ enlarged: new Map([['root', disk.size - 1]]) }),
    then: { actions: [enlargeRoot] },
  },
  {
    when: 'a disk is new in the spec: plug it in',
    observed: withDisks(blankDisk(), data),
    then: { phase: 'Running', actions: [plugData], problem: undefined },
  },
  {
    when: 'a disk was opened and not plugged in: go on',
    observed: {
      ...withDisks(blankDisk(), data),
      qemu: running('running', { detached: [diskState(1, 'data')] }),
    },
    then: { actions: [plugData] },
  },
  {
    when: 'the volume of a new disk is not in this pod: leave it',
    observed: { ...withDisks(blankDisk(), data), unmounted: ['data'] },
    then: { actions: [], problem: undefined },
  },
  {
    when: 'another pod serves a new disk: plug it in',
    observed: { ...served, unmounted: ['data'], qemu: running('running') },
    then: { actions: [plugData], problem: undefined },
  },
  {
    when: 'a disk that another pod serves is back after it was away: let the guest go on',
    observed: { ...served, unmounted: ['data'], qemu: away },
    then: { phase: 'Paused', actions: [{ type: 'go-on', lastGoOn: { time: NOW, wait: 5 } }] },
  },
  {
    when: 'a disk that another pod served is away: say so, and wait',
    observed: { ...withDisks(blankDisk(), data), unmounted: ['data'], qemu: away },
    then: { phase: 'Paused', actions: [], problemReason: 'DiskAway' },
  },
  {
    when: 'a disk cannot be plugged in: say so, and try again later',
    observed: {
      ...withDisks(blankDisk(), data),
      jobs: new Map([['disk:data', failed(true, inFuture(9), plugData)]]),
    },
    then: { phase: 'Running', actions: [], problem, wakeAt: inFuture(9) },
  },
  {
    when: 'a network of its own is new in the spec: plug it in',
    observed: withNetworks([extra]),
    then: {
      phase: 'Running',
      actions: [{ type: 'plug-network', network: extra, hostname: 'ubuntu-vm' }],
    },
  },
  {
    when: 'a network of its own is no longer in the spec: unplug it',
    observed: {
      ...withNetworks([], ['default']),
      record: { ...up.record, pluggedNetworks: [extra] },
    },
    then: { actions: [{ type: 'unplug-network', name: 'default' }] },
  },
  {
    when: 'a masqueraded network is new in the spec, and the pod has none: it waits for a restart',
    observed: withNetworks([{ ...extra, binding: 'masquerade' }]),
    then: { actions: [] },
  },
  {
    when: 'a masqueraded network is new in the spec, and the pod has another: plug it in',
    observed: masquerading([main, lan], ['main']),
    then: { actions: [{ type: 'plug-network', network: lan, hostname: 'ubuntu-vm' }] },
  },
  {
    when: 'a masqueraded network is no longer in the spec: unplug it',
    observed: masquerading([main], ['main', 'lan']),
    then: { actions: [{ type: 'unplug-network', name: 'lan' }] },
  },
  {
    when: 'the main masqueraded network is no longer in the spec: it waits for a restart',
    observed: masquerading([lan], ['main', 'lan']),
    then: { actions: [] },
  },
  {
    when: 'a CD-ROM is new in the spec: it waits for a restart',
    observed: withDisks(blankDisk(), { ...data, device: 'cdrom' }),
    then: { actions: [] },
  },
  {
    when: 'a disk is no longer in the spec: unplug it',
    observed: withDisks(),
    then: { actions: [{ type: 'unplug-disk', name: 'root' }] },
  },
  {
    when: 'a disk was unplugged and not closed: go on',
    observed: { ...withDisks(blankDisk()), qemu: running('running', { detached: [diskState(1, 'data')] }) },
    then: { actions: [{ type: 'unplug-disk', name: 'data' }] },
  },
  {
    when: 'the disk that it boots from is no longer in the spec: leave it until a restart',
    observed: {
      ...withDisks(),
      record: { launch: { spec: machineSpec({ disks: [{ ...disk, bootIndex: 1 }] }), acceleration: tcg } },
    },
    then: { actions: [] },
  },
  {
    when: 'a disk could not be enlarged: say so, and try again later',
    observed: {
      ...{ ...up, qemu: running('running', { disks: [diskState(1)] }) },
      jobs: jobs(failed(false, inFuture(9), growRoot)),
    },
    then: { phase: 'Running', actions: [], problem, wakeAt: inFuture(9) },
  },
  {
    when: 'a disk that is full is to be larger: enlarge it and let it go on',
    observed: { ...up, qemu: { ...full, disks: [diskState(1)] }, freeBytes: MEBIBYTE },
    then: { actions: [growRoot, { type: 'go-on', lastGoOn: { time: NOW, wait: 5 } }] },
  },
  {
    when: 'a disk fails under it',
    observed: { ...up, qemu: running('io-error', { failedDisk: { name: 'root', noSpace: false } }) },
    then: { phase: 'Paused', actions: [], problemReason: 'DiskIoError' },
  },
  {
    when: 'it rebooted: put that on record',
    observed: { ...up, newReboots: { count: 2, lastTime: NOW.toISOString() } },
    then: {
      phase: 'Running',
      actions: [{ type: 'record-reboots', count: 2, lastTime: NOW.toISOString() }],
    },
  },
  {
    when: 'QEMU does not answer',
    observed: { ...up, qemu: running('running', { silent: true }) },
    then: { phase: 'Running', actions: [], problemReason: 'QemuNotAnswering' },
  },
  {
    when: 'the connection is lost for a moment',
    observed: { ...up, qemu: { state: 'reconnecting', last: running('running') } },
    then: { phase: 'Running', actions: [] },
  },
  {
    when: 'the guest shut itself down',
    observed: { ...up, qemu: running('shutdown') },
    then: { phase: 'PoweringDown', actions: [{ type: 'quit', reason: 'guest-shutdown' }] },
  },
];

const paused = (status: string, changes: Partial<MachineSpec> = {}): Observed => ({
  ...up,
  spec: machineSpec({ disks: [disk], ...changes }),
  record: { ...up.record, pausedSince: NOW.toISOString(), lastRequest: 'old' },
  qemu: running(status),
});
const reset = { id: 'new', type: 'reset' } as const;
const freeze = { id: 'freeze-uid', type: 'freeze' } as const;
const toFlatten = { ...disk, flatten: true } as const;
const standing = (base: string): RunningQemu =>
  running('running', { disks: [{ ...diskState(disk.size), chain: ['/volumes/root/disk.qcow2', base] }] });
const onGolden = standing('/images/golden/image.qcow2');
const freezeJob = {
  type: 'freeze-disks',
  id: freeze.id,
  disks: [disk],
  isQuiesced: true,
  savesMemory: false,
  isForClone: false,
} as const;
const frozen = { id: freeze.id, quiesced: { value: true } };
const resume = { id: 'new', type: 'resume' } as const;

const pausing: Case[] = [
  {
    when: 'a pause is asked for',
    observed: { ...up, spec: machineSpec({ disks: [disk], power: 'paused' }) },
    then: { phase: 'Running', actions: [{ type: 'pause' }] },
  },
  {
    when: 'it is paused as asked',
    observed: paused('paused', { power: 'paused' }),
    then: { phase: 'Paused', actions: [], problem: undefined },
  },
  {
    when: 'a launcher died before QEMU heard of the pause',
    observed: paused('running', { power: 'paused' }),
    then: { actions: [{ type: 'pause' }] },
  },
  {
    when: 'it is to run again',
    observed: paused('paused'),
    then: { phase: 'Paused', actions: [{ type: 'resume' }] },
  },
  {
    when: 'a launcher died before the resume was on record',
    observed: paused('running'),
    then: { phase: 'Running', actions: [{ type: 'resume' }] },
  },
  {
    when: 'it stands still and we did not pause it: leave it',
    observed: { ...up, qemu: running('paused') },
    then: { phase: 'Paused', actions: [] },
  },
  {
    when: 'a disk failed and a resume is asked for',
    observed: { ...up, spec: machineSpec({ disks: [disk], request: resume }), qemu: running('io-error') },
    then: { actions: [{ type: 'request', request: resume, resume: true }] },
  },
  {
    when: 'a reset is asked for',
    observed: { ...up, spec: machineSpec({ disks: [disk], request: reset }) },
    then: { phase: 'Running', actions: [{ type: 'request', request: reset, resume: true }] },
  },
  {
    when: 'a reset of a paused guest leaves it paused',
    observed: paused('paused', { power: 'paused', request: reset }),
    then: { actions: [{ type: 'request', request: reset, resume: false }] },
  },
  {
    when: 'a disk that leads into another volume is to be flattened, it is begun',
    observed: { ...up, spec: machineSpec({ disks: [toFlatten] }), qemu: onGolden },
    then: { phase: 'Running', actions: [{ type: 'flatten-disk', disk: toFlatten }] },
  },
  {
    when: 'it leads nowhere else any more, nothing is done',
    observed: {
      ...up,
      spec: machineSpec({ disks: [toFlatten] }),
      qemu: standing('/volumes/root/layer-a.qcow2'),
    },
    then: { phase: 'Running', actions: [] },
  },
  {
    when: 'it is no longer wanted while it goes on, that is cancelled',
    observed: {
      ...{ ...up, spec: machineSpec({ disks: [disk] }), qemu: onGolden },
      jobs: jobs({ state: 'running', type: 'flatten-disk', action: JSON.stringify({ disk: toFlatten }) }),
    },
    then: { phase: 'Running', actions: [{ type: 'cancel-flatten', name: 'root' }] },
  },
  {
    when: 'disks are to be frozen, it is begun',
    observed: { ...up, spec: machineSpec({ disks: [disk], request: freeze }) },
    then: { phase: 'Running', actions: [freezeJob] },
  },
  {
    when: 'they are frozen, it is put on record',
    observed: { ...up, spec: machineSpec({ disks: [disk], request: freeze }), frozen },
    then: { phase: 'Running', actions: [{ type: 'record-freeze', freeze: frozen }] },
  },
  {
    when: 'that is on record, nothing is done',
    observed: {
      ...up,
      spec: machineSpec({ disks: [disk], request: freeze }),
      record: { lastRequest: freeze.id, lastFreeze: frozen },
    },
    then: { phase: 'Running', actions: [] },
  },
  {
    when: 'the request is on record: once is enough',
    observed: paused('paused', { power: 'paused', request: { ...reset, id: 'old' } }),
    then: { actions: [] },
  },
  {
    when: 'QEMU does not answer: ask nothing more of it',
    observed: {
      ...up,
      spec: machineSpec({ power: 'paused', request: reset }),
      qemu: running('running', { silent: true }),
    },
    then: { actions: [], problemReason: 'QemuNotAnswering' },
  },
  {
    when: 'a powerdown of a paused guest lets it go on, so that it can notice',
    observed: { ...poweringDown(ago(0)), qemu: running('paused') },
    then: { phase: 'PoweringDown', actions: [{ type: 'system-powerdown', resume: true }] },
  },
];

const ending: Case[] = [
  {
    when: 'a powerdown is asked for: its clock starts on disk first',
    observed: { ...up, powerdownRequested: true },
    then: { phase: 'PoweringDown', actions: [{ type: 'begin-powerdown' }] },
  },
  {
    when: 'the clock runs: press the button',
    observed: poweringDown(ago(0)),
    then: { actions: [{ type: 'system-powerdown', resume: false }] },
  },
  {
    when: 'the button was pressed: wait to press it again',
    observed: poweringDown(ago(2), ago(2)),
    then: { actions: [], wakeAt: inFuture(3) },
  },
  {
    when: 'the guest missed it: press it again',
    observed: poweringDown(ago(5), ago(5)),
    then: { actions: [{ type: 'system-powerdown', resume: false }] },
  },
  {
    when: 'the deadline comes before the next press: wake for it',
    observed: poweringDown(ago(28), ago(1)),
    then: { actions: [], wakeAt: inFuture(2) },
  },
  {
    when: 'the grace period is over: quit',
    observed: poweringDown(ago(30), ago(1)),
    then: {
      actions: [
        { type: 'quit', reason: 'host-forced', message: 'The guest did not power down within 30 s.' },
      ],
    },
  },
  {
    when: 'a restarted launcher finds the deadline passed: quit at once',
    observed: poweringDown(ago(300)),
    then: {
      actions: [
        { type: 'quit', reason: 'host-forced', message: 'The guest did not power down within 30 s.' },
      ],
    },
  },
  {
    when: 'it did power down: that was our wish',
    observed: { ...poweringDown(ago(1), ago(1)), qemu: running('shutdown') },
    then: { actions: [{ type: 'quit', reason: 'host-powerdown' }] },
  },
  {
    when: 'the wish was taken back: stop the clock',
    observed: { ...poweringDown(ago(1)), powerdownRequested: false },
    then: { phase: 'Running', actions: [{ type: 'cancel-powerdown' }] },
  },
  {
    when: 'the reason is on record and QEMU still there: quit again',
    observed: { ...up, record: { ...up.record, exit: { reason: 'guest-panic', time: NOW.toISOString() } } },
    then: { phase: 'PoweringDown', actions: [{ type: 'quit', reason: 'guest-panic' }] },
  },
  {
    when: 'QEMU is gone without a word',
    observed: { ...up, qemu: { state: 'gone', declined: false } },
    then: {
      phase: 'PoweringDown',
      actions: [
        {
          type: 'record-exit',
          reason: 'qemu-error',
          message: 'QEMU ended on its own; see the log of the qemu container.',
        },
      ],
    },
  },
  {
    when: 'a signal ended QEMU',
    observed: { ...up, qemu: { state: 'gone', declined: false, shutdown: 'host-signal' } },
    then: {
      actions: [{ type: 'record-exit', reason: 'host-forced', message: 'QEMU was ended by a signal.' }],
    },
  },
  {
    when: 'it never was on',
    observed: { ...fresh, qemu: { state: 'gone', declined: true } },
    then: { actions: [{ type: 'record-exit', reason: 'host-powerdown' }] },
  },
  {
    when: 'QEMU is gone and the reason on record',
    observed: {
      ...up,
      qemu: { state: 'gone', declined: false },
      record: { exit: { reason: 'guest-shutdown', time: NOW.toISOString() } },
    },
    then: { phase: 'Stopped', actions: [] },
  },
];

for (const [title, cases] of Object.entries({ booting, unsupported, living, pausing, ending })) {
  describe(`plan, ${title}`, () => {
    for (const { when, observed, then } of cases) {
      it(when, () => {
        const { problemReason, ...expected } = then;
        const actual = plan(observed, NOW);
        assert.deepEqual({ ...actual, ...expected }, actual);
        if (problemReason) assert.equal(actual.problem?.reason, problemReason);
      });
    }
  });
}
