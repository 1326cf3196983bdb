/**
 * The contract between operator and launcher: what a machine should be (`MachineSpec`) and what it is
 * (`MachineState`). The operator mounts the first spec into the pod and PUTs later ones to `/machine`;
 * the launcher answers with the state and streams it from `/machine/events`, one JSON document a line.
 *
 * Units: sizes in bytes, times as RFC 3339, durations in seconds unless the name says otherwise.
 */
import * as z from 'zod';

/** The launcher's mTLS port in every VM pod. It never belongs to the guest. */
export const LAUNCHER_PORT = 10707;
/** Plain HTTP for kubelet's readiness probe: `GET /readyz` and nothing else. Not the guest's either. */
export const LAUNCHER_READINESS_PORT = 10708;

/** Where the operator mounts things in the launcher and qemu containers. */
export const MachinePaths = {
  /** Secret of this epoch: `machine.json`, `tls.crt`, `tls.key`, `ca.crt`. Launcher only. */
  config: '/etc/hypersdk/machine',
  /** Cloud-init payload Secret, present when the VM names one: `user-data`, `network-data`. Launcher only. */
  cloudInit: '/etc/hypersdk/cloud-init',
  /** emptyDir shared by launcher and qemu: argv, QMP and console sockets, seed image, firmware variables. */
  runtime: '/run/hypersdk',
  /** One directory (filesystem volume) or device (block volume) a disk: `/volumes/<disk>`. */
  volumes: '/volumes',
  /** Golden images that linked disks stand on, read-only: `/images/<claim>`. */
  images: '/images',
} as const;

/** The file of a disk in its own filesystem volume, and of an image in its golden volume. */
export const DISK_FILE = 'disk.qcow2';
export const IMAGE_FILE = 'image.qcow2';

const bytes = z.int().nonnegative();
const time = z.iso.datetime();

export const MachineVolume = z.discriminatedUnion('type', [
  z.object({ type: z.literal('filesystem'), directory: z.string() }),
  z.object({ type: z.literal('block'), device: z.string() }),
]);

/** What a disk holds when it is made. A disk that exists is never made again. */
export const MachineDiskSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('blank') }),
  /** `linked`: an overlay on the golden image, in constant time. `full`: a copy that stands alone. */
  z.object({ type: z.literal('image'), path: z.string(), clone: z.enum(['linked', 'full']) }),
  /** The volume must hold a disk already; an empty one is an error, never a blank disk. */
  z.object({ type: z.literal('existing') }),
]);

export const MachineDisk = z.object({
  name: z.string(),
  device: z.enum(['disk', 'cdrom']),
  volume: MachineVolume,
  size: bytes,
  bootIndex: z.int().positive().optional(),
  source: MachineDiskSource,
});

export const MachineNetwork = z.object({
  name: z.string(),
  binding: z.enum(['user', 'masquerade']),
  mac: z.string(),
  /** Ports reachable on the pod IP; the `user` binding forwards just these. */
  ports: z.array(z.object({ port: z.int().min(1).max(65535), protocol: z.enum(['TCP', 'UDP']) })),
});

/**
 * Something done once to a guest that stands. The launcher puts the id on record when it is done, so a crash in
 * between at worst repeats it. `resume` lets a guest go on that QEMU stopped, say because a disk was full.
 */
export const MachineRequest = z.object({ id: z.string(), type: z.enum(['reset', 'resume']) });

export const MachineSpec = z.object({
  namespace: z.string(),
  name: z.string(),
  /** SMBIOS UUID; the same for the VM's whole life. */
  uuid: z.uuid(),
  /** The launcher of a stale epoch never starts or resumes its guest. */
  epoch: z.int().positive(),
  power: z.enum(['on', 'off', 'paused']),
  request: MachineRequest.optional(),
  /** Seconds a guest may take to power down before QEMU is told to quit. */
  gracePeriod: z.int().nonnegative(),
  cpus: z.int().positive(),
  memory: bytes,
  machineType: z.enum(['q35', 'pc', 'microvm']),
  acceleration: z.enum(['auto', 'kvm', 'tcg']),
  disks: z.array(MachineDisk),
  networks: z.array(MachineNetwork),
  /** Hostname of the NoCloud seed; no `cloudInit`, no seed. */
  cloudInit: z.object({ instanceId: z.string(), hostname: z.string() }).optional(),
});

export const MachinePhase = z.enum([
  'Preparing', // disks are being made
  'Starting', // argv is written, QEMU does not answer yet
  'Running',
  'Paused',
  'PoweringDown',
  'Stopped', // QEMU has exited; `exit` says why
  'Failed', // cannot go on; `problem` says why
]);

/** Why QEMU exited. `guest-*` were the guest's own wish, `host-*` ours. */
export const MachineExit = z.object({
  reason: z.enum([
    'guest-shutdown',
    'guest-reset',
    'guest-panic',
    'host-powerdown',
    'host-forced',
    'qemu-error',
  ]),
  time,
  message: z.string().optional(),
});

/** Something the user can act on. `reason` is CamelCase and fits a condition's reason. */
export const MachineProblem = z.object({
  reason: z.string(),
  message: z.string(),
  disk: z.string().optional(),
});

export const MachineDiskState = z.object({
  name: z.string(),
  format: z.enum(['qcow2', 'raw']),
  /** Bytes that the guest sees, and bytes that the file takes. */
  virtualSize: bytes,
  actualSize: bytes,
  /** Files from the active layer down to the base. */
  chain: z.array(z.string()),
  /** 0-100 while the disk is being made. */
  progress: z.int().min(0).max(100).optional(),
});

export const MachineState = z.object({
  epoch: z.int().positive(),
  phase: MachinePhase,
  /** Digest of the spec that this state answers, so that the operator sees when a PUT has arrived. */
  specDigest: z.string(),
  acceleration: z.object({ type: z.enum(['kvm', 'tcg']), reason: z.string() }).optional(),
  qemuVersion: z.string().optional(),
  startTime: time.optional(),
  disks: z.array(MachineDiskState),
  exit: MachineExit.optional(),
  problem: MachineProblem.optional(),
  /** Id of the last request that was carried out. */
  lastRequest: z.string().optional(),
  /** Resets by the guest itself since QEMU started, and when the last one was. */
  reboots: z.object({ count: z.int().positive(), lastTime: time }).optional(),
  /** Fields of the spec that the running QEMU does not have yet and that need a restart. */
  restartAwaiting: z.array(z.object({ field: z.string(), now: z.string(), wanted: z.string() })),
  /** Bytes resident of the launcher, for the measured overhead. */
  launcherMemory: bytes.optional(),
});

/** What the launcher leaves as its container's termination message, for an operator that could not ask it any more. */
export const MachineTermination = MachineState.pick({
  epoch: true,
  phase: true,
  startTime: true,
  exit: true,
  problem: true,
});

/** What the importer is to fetch into a golden volume, and how it went (its termination message). */
export const ImportSpec = z.object({
  url: z.url(),
  format: z.enum(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx']).optional(),
  checksum: z.object({ type: z.enum(['sha256', 'sha512']), value: z.string() }).optional(),
  /** Directory of the golden volume; the result is `IMAGE_FILE` in it. */
  directory: z.string(),
});
export const ImportState = z.object({
  phase: z.enum(['Downloading', 'Verifying', 'Converting', 'Ready', 'Failed']),
  /** 0-100 of the whole import; absent while the size is unknown. */
  progress: z.int().min(0).max(100).optional(),
  downloaded: bytes,
  total: bytes.optional(),
  virtualSize: bytes.optional(),
  actualSize: bytes.optional(),
  checksum: z.string().optional(),
  problem: MachineProblem.optional(),
});

export type MachineVolume = z.infer<typeof MachineVolume>;
export type MachineDiskSource = z.infer<typeof MachineDiskSource>;
export type MachineDisk = z.infer<typeof MachineDisk>;
export type MachineNetwork = z.infer<typeof MachineNetwork>;
export type MachineRequest = z.infer<typeof MachineRequest>;
export type MachineSpec = z.infer<typeof MachineSpec>;
export type MachinePhase = z.infer<typeof MachinePhase>;
export type MachineExit = z.infer<typeof MachineExit>;
export type MachineProblem = z.infer<typeof MachineProblem>;
export type MachineDiskState = z.infer<typeof MachineDiskState>;
export type MachineState = z.infer<typeof MachineState>;
export type MachineTermination = z.infer<typeof MachineTermination>;
export type ImportSpec = z.infer<typeof ImportSpec>;
export type ImportState = z.infer<typeof ImportState>;
