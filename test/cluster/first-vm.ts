import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import type { GuestImage } from '../../images/build.ts';
import { binary } from './binaries.ts';
import { REPOSITORY } from './instance.ts';
import { kubeconfigFlag, kubectl } from './kubectl.ts';
import type { ClusterAccess } from './kubectl.ts';
import type { Say } from './progress.ts';
import { waitFor } from './waiting.ts';

/** The VM of deploy/examples/vm-ubuntu.yaml. */
export const FIRST_VM = { namespace: 'default', name: 'ubuntu-vm' } as const;

const TIMEOUT_SECONDS = 600;

/** Where a cluster finds a guest image that this machine serves. */
export interface ServedGuest {
  readonly url: string;
  readonly image: GuestImage;
}

/** The part of our own examples that we read. */
interface Manifest {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly image: Record<string, unknown> };
}

interface VirtualMachineStatus {
  readonly status?: {
    readonly phase?: string;
    readonly podName?: string;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

/** Applies the examples as they are, or with an image that needs no way out of this machine. */
export async function applyFirstVm(cluster: ClusterAccess, guest?: ServedGuest): Promise<void> {
  const [template, vm] = await Promise.all([example('vmtemplate-ubuntu.yaml'), example('vm-ubuntu.yaml')]);
  // A template's image cannot be changed, and VMs may stand on the one that an earlier build has made.
  const { name, namespace } = (parse(template) as Manifest).metadata;
  const get = ['get', 'vmtemplate', name, '--namespace', namespace, '--ignore-not-found', '--output', 'name'];
  const isThere = (await kubectl(cluster, get)).stdout !== '';
  const manifests = isThere ? [vm] : [guest ? withGuest(template, guest) : template, vm];
  await kubectl(cluster, ['apply', '-f', '-'], { input: manifests.join('\n---\n') });
}

/** Waits until the guest's console shows a line that the pattern matches, and returns that line. */
export async function followBoot(cluster: ClusterAccess, pattern: RegExp, say: Say): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  return waitFor(
    { until: `the guest has booted`, seconds: TIMEOUT_SECONDS, intervalMilliseconds: 250 },
    async () => {
      const { status } = await readStatus(cluster);
      say(describeStatus(status));
      if (status?.phase === 'Failed') throw new Error(`The VM has failed: ${describeStatus(status)}`);
      return status?.podName === undefined
        ? undefined
        : consoleLine(cluster, status.podName, pattern, signal);
    },
  );
}

function example(file: string): Promise<string> {
  return readFile(join(REPOSITORY, 'deploy/examples', file), 'utf8');
}

export function withGuest(template: string, { url, image }: ServedGuest): string {
  const manifest = parse(template) as Manifest;
  const format = extname(image.file).slice(1);
  const source = { http: { url: `${url}/${basename(image.file)}` } };
  const checksum = { type: 'sha256', value: image.sha256 };
  return stringify({ ...manifest, spec: { ...manifest.spec, image: { format, source, checksum } } });
}

async function readStatus(cluster: ClusterAccess): Promise<VirtualMachineStatus> {
  const { namespace, name } = FIRST_VM;
  const { stdout } = await kubectl(cluster, ['get', 'virtualmachine', name, '-n', namespace, '-o', 'json']);
  // Our own CRD's shape; fields that are not there yet are optional.
  return JSON.parse(stdout) as VirtualMachineStatus;
}

function describeStatus(status: VirtualMachineStatus['status']): string {
  const waiting = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value !== 'True');
  return [status?.phase ?? 'not seen by the operator yet', waiting?.message].filter(Boolean).join(', ');
}

/** Follows the log until the line comes; none when it ends before, as it does while the container is not started. */
async function consoleLine(
  cluster: ClusterAccess,
  pod: string,
  pattern: RegExp,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parameters = ['logs', '--follow', '--container=qemu', '-n', FIRST_VM.namespace, pod];
  const options = {
    cancelSignal: signal,
    reject: false,
    buffer: false,
    timeout: TIMEOUT_SECONDS * 1000,
  } as const;
  const log = execa(
    cluster.kubectl ?? binary('kubectl'),
    [...kubeconfigFlag(cluster), ...parameters],
    options,
  );
  let found: string | undefined;
  for await (const line of log) {
    if (found !== undefined || !pattern.test(line)) continue;
    found = line.trim();
    log.kill();
  }
  return found;
}
