/** Answers with a running machine, takes any spec that it is given, and renews its certificate as a real one does. */
import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import {
  attachmentName,
  documentDigest,
  MachineSpec,
  servedChain,
  type MachineIdentity,
  type MachineState,
} from '@hypersdk/api';
import type { Secret } from '@hypersdk/kube';
import type { PretendMigrations } from './pretend-migrations.ts';

export interface PretendLauncher {
  readonly server: Server;
  /** What it leaves behind, once its guest is suspended. */
  readonly ended: Promise<string>;
  /** Kubelet has carried a changed Secret into the pod. */
  readonly renew: (secret: Secret) => void;
}

export function pretendLauncher(secret: Secret, migrations: PretendMigrations): PretendLauncher {
  let document = file(secret, 'machine.json');
  const mounted = MachineSpec.parse(JSON.parse(document)).disks.map(({ name }) => name);
  let identity = identityOf(secret);
  let sent: string | undefined;
  const spec = (): MachineSpec => MachineSpec.parse(JSON.parse(document));
  const state = (): string =>
    JSON.stringify({
      ...stateOf(document, identity),
      ...disksOf(spec(), mounted),
      ...migrations.stateOf(spec(), sent),
    });
  const streams = new Set<ServerResponse>();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const tell = (): void => {
    for (const stream of streams) stream.write(`${state()}\n`);
  };
  migrations.subscribe(tell);
  const server = createServer({ ...certificates(secret), requestCert: true }, (request, response) => {
    if (request.method === 'PUT') {
      void request.toArray().then((chunks) => {
        document = Buffer.concat(chunks as Buffer[]).toString(); // no encoding is set
        sent = spec().outgoing?.id ?? sent;
        migrations.send(spec());
        response.end(state());
        tell();
        if (stateOf(document, identity).exit) end(state());
      });
      return;
    }
    response.write(`${state()}\n`);
    if (request.url === '/machine') response.end();
    else streams.add(response.once('close', () => streams.delete(response)));
  });
  const renew = (next: Secret): void => {
    identity = identityOf(next);
    server.setSecureContext(certificates(next));
  };
  return { server, ended, renew };
}

function file({ data }: Secret, name: string): string {
  return Buffer.from(data?.[name] ?? '', 'base64').toString();
}

function certificates(secret: Secret): { key: string; cert: string; ca: string } {
  return { key: file(secret, 'tls.key'), cert: file(secret, 'tls.crt'), ca: file(secret, 'ca.crt') };
}

function identityOf(secret: Secret): MachineIdentity {
  const { cert, ca } = certificates(secret);
  const { issuer, validToDate } = new X509Certificate(cert);
  return { issuer, authorities: documentDigest(ca), notAfter: validToDate.toISOString() };
}

function stateOf(document: string, identity: MachineIdentity): MachineState {
  const spec = MachineSpec.parse(JSON.parse(document));
  return {
    epoch: spec.epoch,
    phase: spec.power === 'paused' ? 'Paused' : 'Running',
    specDigest: documentDigest(document),
    acceleration: { type: 'tcg', reason: 'pretended' },
    startTime: '2026-01-02T03:04:05Z',
    disks: [],
    restartAwaiting: [],
    identity,
    ...answered(spec),
    ...(spec.suspend !== undefined && suspended),
    ...(spec.maxCpus !== undefined && sized(spec, spec.maxCpus)),
  };
}

/** The guest has at once what its pod mounts or another serves; `mounted` are the former. */
function disksOf({ disks, attachments = [] }: MachineSpec, mounted: readonly string[]) {
  const served = disks.filter((disk) => attachments.some((each) => each.disk === attachmentName(disk)));
  const attachable = disks.map(({ name }) => name).filter((name) => !mounted.includes(name));
  const present = disks.filter((disk) => mounted.includes(disk.name) || served.includes(disk));
  return {
    disks: present.map((disk) => ({
      ...{ name: disk.name, format: 'qcow2' as const, virtualSize: disk.size, actualSize: 0 },
      chain: served.includes(disk) ? [servedChain(attachmentName(disk))] : [],
    })),
    ...(attachable.length > 0 && { attachable }),
  } satisfies Partial<MachineState>;
}

const suspended = {
  phase: 'Stopped',
  exit: { reason: 'host-suspended', time: '2026-01-02T03:04:05Z' },
} as const satisfies Partial<MachineState>;

/** One with room for more processors has what it is given at once. */
function sized({ cpus, memory }: MachineSpec, maxCpus: number): Partial<MachineState> {
  const room = { bootCpus: 1, maxCpus, bootMemory: memory, maxMemory: memory };
  return { resources: { cpus, memory }, room };
}

/** Each request is carried out at once. */
function answered({ request, dropLayers, disks }: MachineSpec): Partial<MachineState> {
  const dropped = dropLayers && { droppedLayers: dropLayers };
  if (!request) return { ...dropped };
  const { id, type } = request;
  const quiesced = { value: false, reason: 'pretended' };
  const frozen = disks.map(({ name, size }) => ({
    ...{ name, file: `layer-${id}.qcow2`, virtualSize: size, actualSize: 0, below: [] },
  }));
  return { ...dropped, lastRequest: id, ...(type === 'freeze' && { lastFreeze: { id, quiesced, frozen } }) };
}
