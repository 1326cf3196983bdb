/**
 * Loaded before a program (`node --import`), it kills the program where that is about to take its n-th step; MORTAL_STEP
 * says n. A step changes the world: a file, a program that is started or works, a command to QEMU; between two of them a
 * death changes nothing. What the program has started dies with it: in a container nothing outlives the first process.
 */
import childProcess, { type ChildProcess } from 'node:child_process';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

const last = Number(process.env['MORTAL_STEP']);
const children = new Set<ChildProcess>();
let steps = 0;

type Method = (this: unknown, ...args: unknown[]) => unknown;
type IsStep = (self: unknown, ...args: unknown[]) => boolean;

function die(): void {
  for (const child of children) child.kill('SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}

function step(): void {
  steps += 1;
  if (steps === last) die();
}

function watchMethod(owner: object, name: string, isStep: IsStep = () => true): void {
  const original = Reflect.get(owner, name) as Method; // all that are named below are methods
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]): unknown {
    if (isStep(this, ...args)) step();
    return Reflect.apply(original, this, args);
  });
}

const READING: ReadonlySet<unknown> = new Set(['info', 'map', 'check']);

/** Two steps each: it starts, and it has begun. */
function watchPrograms(): void {
  const spawn = childProcess.spawn as (...call: unknown[]) => ChildProcess; // whatever is given is passed on
  Reflect.set(childProcess, 'spawn', (...call: unknown[]): ChildProcess => {
    const [, args] = call;
    if (Array.isArray(args) && READING.has(args[0])) return spawn(...call);
    step();
    const child = spawn(...call);
    children.add(child);
    child.once('close', () => children.delete(child));
    steps += 1;
    if (steps === last) {
      child.stdout?.once('data', die);
      child.once('exit', die);
    }
    return child;
  });
}

async function watchHandles(): Promise<void> {
  const handle = await files.open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as object;
  await handle.close();
  let written: unknown;
  // Of a row of writes to one file only the first counts, which leaves it there in part.
  const beginsRow: IsStep = (file) => {
    if (written === file) return false;
    written = file;
    return true;
  };
  for (const name of ['write', 'writeFile']) watchMethod(prototype, name, beginsRow);
  for (const name of ['truncate', 'sync']) watchMethod(prototype, name);
}

const isCommand: IsStep = (_socket, line) =>
  typeof line === 'string' && /^\{"execute": ?"(?!query-|qmp_|qom-)/.test(line);

await watchHandles();
watchPrograms();
for (const name of ['writeFile', 'rename', 'link', 'rm', 'mkdir', 'copyFile']) watchMethod(files, name);
watchMethod(Socket.prototype, 'write', isCommand);
syncBuiltinESMExports();
