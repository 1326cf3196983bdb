import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildahCommand } from './buildah.ts';
import { SOURCE_DATE_EPOCH } from './debian-archive.ts';

export interface BuildRequest {
  readonly containerfile: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  /** Stop at this stage. */
  readonly target?: string;
  /** Name for the result in the engine's own storage. */
  readonly tag?: string;
  /** Write the stage's files to this directory too. */
  readonly output?: string;
}

/** docker, podman or buildah: the first of them that answers. */
export interface Engine {
  readonly name: 'docker' | 'podman' | 'buildah';
  /** The command line up to the subcommand. */
  readonly command: readonly [string, ...string[]];
}

/** With `scratch`, an engine without a daemon keeps what it builds there. */
export async function findEngine(scratch?: string): Promise<Engine> {
  for (const name of ['docker', 'podman'] as const) {
    const { failed } = await execa(name, ['info'], { reject: false, timeout: 10_000 });
    if (!failed) return { name, command: [name] };
  }
  return { name: 'buildah', command: await buildahCommand(scratch) };
}

/** Builds and returns the image's id, which is the digest of its content. */
export async function buildImage(engine: Engine, request: BuildRequest): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'hypersdk-build-'));
  const id = join(scratch, 'id');
  try {
    await run(engine, ['build', ...buildOptions(engine, request), '--iidfile', id, request.context]);
    return (await readFile(id, 'utf8')).trim().replace(/^sha256:/, '');
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function buildOptions(engine: Engine, request: BuildRequest): string[] {
  const epoch = String(SOURCE_DATE_EPOCH);
  const args = Object.entries({ ...request.args, SOURCE_DATE_EPOCH: epoch });
  return [
    ...(engine.name === 'docker' ? [] : ['--timestamp', epoch, '--layers']),
    ...(engine.name === 'buildah' ? ['--isolation', 'chroot', '--network', 'host'] : []),
    ...args.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...(request.tag === undefined ? [] : ['--tag', request.tag]),
    ...(request.output === undefined ? [] : ['--output', `type=local,dest=${request.output}`]),
    ...['--file', request.containerfile],
  ];
}

/** Writes the image to an OCI archive in which it bears `reference`. */
export async function saveImage(
  engine: Engine,
  id: string,
  reference: string,
  archive: string,
): Promise<void> {
  if (engine.name === 'docker') {
    await run(engine, ['tag', id, reference]);
    await run(engine, ['save', '--output', archive, reference]);
    return;
  }
  await run(engine, [
    'push',
    '--quiet',
    '--compression-level',
    '1',
    id,
    `oci-archive:${archive}:${reference}`,
  ]);
}

export async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  const type = engine.name === 'buildah' ? ['inspect', '--type', 'image'] : ['image', 'inspect'];
  const { failed } = await execa(engine.command[0], [...engine.command.slice(1), ...type, reference], {
    reject: false,
    timeout: 30_000,
  });
  return !failed;
}

export async function pullImage(engine: Engine, reference: string): Promise<void> {
  await run(engine, ['pull', reference]);
}

/** @throws with the last lines of what the engine said. */
async function run(engine: Engine, args: readonly string[]): Promise<void> {
  const [file, ...prefix] = engine.command;
  const { failed, all, shortMessage } = await execa(file, [...prefix, ...args], {
    all: true,
    reject: false,
    timeout: 1_800_000,
  });
  if (failed) throw new Error(`${shortMessage ?? ''}\n${all.split('\n').slice(-15).join('\n')}`);
}
