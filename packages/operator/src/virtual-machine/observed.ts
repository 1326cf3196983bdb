/** Everything that a decision about one VirtualMachine rests on, read at one moment. */
import type {
  EffectiveSpec,
  MachineState,
  VirtualMachine,
  VMOperation,
  VMSnapshot,
  VMTemplate,
} from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import type { CarbonReading } from '../carbon/reading.ts';
import type { PodSecurityLevel } from './networks/pod-security.ts';
import type { ImageInNamespace } from '../image/image-in-namespace.ts';
import type { WantedIdentity } from '../launchers/trust.ts';
import type { LauncherAddress } from '../launchers/request.ts';
import type { DiskSnapshot } from './disks/disk-snapshot.ts';

export interface Observed {
  readonly vm: VirtualMachine;
  /** The VM's own fields over its template's over the defaults; no disk is smaller than it has become. */
  readonly spec: EffectiveSpec;
  /** Pods of this VM's uid, of any epoch but that of a migration's target. */
  readonly pods: readonly Pod[];
  /** Pods of an earlier VM of the same name that are not gone yet. */
  readonly formerPods: readonly Pod[];
  /** Pods that serve disks to the VM, or to an earlier one of its name, and are not gone yet. */
  readonly attachments: readonly Pod[];
  /** The VM's snapshots, oldest first. */
  readonly snapshots: readonly VMSnapshot[];
  /** The operation that `status.reverting` names, as far as it is known. */
  readonly revertOperation: VMOperation | undefined;
  /** Pods that copy the VM's disks, or keep their layers, and have not ended. */
  readonly copiers: readonly Pod[];
  /** Names of the VMs whose disks stand on this one's, in order. */
  readonly linkedClones: readonly string[];
  /** By the VM's claims: those that stand on them. */
  readonly claimsAbove: ReadonlyMap<string, readonly PersistentVolumeClaim[]>;
  /** Of the VM's claims those that another VM has for disks of its own. */
  readonly heldElsewhere: ReadonlySet<string>;
  /** Claims that the VM's disks stand on and whose own VM is gone. */
  readonly orphanedBases: readonly string[];
  /** Claims in the VM's namespace that its disks name, whoever made them. */
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** The one that the VM names, where it exists and is shared with the VM's namespace. */
  readonly template: VMTemplate | undefined;
  /** What the root disk starts as; undefined where nothing says so. */
  readonly image: ImageInNamespace | undefined;
  /** By disk: the images that disks name themselves. */
  readonly diskImages: ReadonlyMap<string, DiskImage>;
  /** By name: the claims of the images that disks start as. */
  readonly goldenClaims: ReadonlyMap<string, PersistentVolumeClaim>;
  readonly storageClasses: readonly StorageClass[];
  /** What the VM's namespace enforces; undefined while the namespace is not in the cache yet. */
  readonly podSecurity: PodSecurityLevel | undefined;
  /** For a VM that is to start on green power, and does not run. */
  readonly carbon: CarbonReading | undefined;
  /** Operations on this VM that have not ended, oldest first. */
  readonly operations: readonly VMOperation[];
  /** Uids of the VM's pods that have a budget. */
  readonly budgeted: ReadonlySet<string>;
  /** The node of the VM's pod while it is being drained, and all operations on the VM, ended or not. */
  readonly drain: { readonly node: string; readonly operations: readonly VMOperation[] } | undefined;
  readonly machine: MachineObservation;
  /** The pod that awaits the guest from another, until the guest is there; and what its launcher says. */
  readonly target: Pod | undefined;
  readonly targetMachine: MachineObservation;
  /** False when the current pod's node does not answer; unknown nodes count as ready. */
  readonly nodeReady: boolean;
  /** A node that can take the VM's pod, as far as readiness and nodeSelector say, offers KVM. */
  readonly isKvmOffered: boolean;
  /** Whether this process has made, or found, the current pod's Secret. Secrets are not cached: we may not list them. */
  readonly isSecretKnown: boolean;
  /** What the launcher's certificate should be, and when this process last wrote one into the pod's Secret. */
  readonly identity: WantedIdentity & { readonly written: Date | undefined };
  readonly config: Config;
}

export type MachineObservation =
  | { readonly type: 'none' }
  /** There is a launcher to ask, but no answer now. That is no failure of the guest. */
  | {
      readonly type: 'unreachable';
      readonly address: LauncherAddress;
      /** It answers with a certificate that we do not accept (any more). */
      readonly isDistrusted?: boolean;
    }
  | { readonly type: 'state'; readonly address: LauncherAddress; readonly state: MachineState };

/** Of a disk that names its image itself: a VMImage, a VMSnapshot, or where it is to come from. */
export type DiskImage =
  /** `vmImage` is the name of the VMImage that the disk names, if it names one. */
  | (ImageInNamespace & {
      readonly type: 'wanted';
      readonly vmImage: string | undefined;
      readonly storageClass: string | undefined;
    })
  | DiskSnapshot
  | { readonly type: 'missing'; readonly vmImage: string; readonly isDeleted: boolean };
