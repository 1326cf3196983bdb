/**
 * Who takes a step is told before: it changes the world. A file, a program that is started or works, a command to QEMU or
 * to the guest's agent; between two of them a death changes nothing.
 */
import childProcess, { type ChildProcess } from 'node:child_process';
import fs, { type FSWatcher } from 'node:fs';
import files, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

/** `command`: to QEMU, or to the guest's agent. */
export type StepKind = 'file' | 'program' | 'command';

export interface Steps {
  /** False of who is dead: the step is not taken, and what was to come after it never comes. */
  readonly take: (kind: StepKind) => boolean;
  /** A program was started; that it has begun to work is a step of its own. */
  readonly started: (child: ChildProcess) => void;
  /** It keeps this open, until it closes it or dies. */
  readonly opened: (resource: FSWatcher | FileHandle) => void;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
type IsStep = (self: unknown, ...args: unknown[]) => boolean;

const READING: ReadonlySet<unknown> = new Set(['info', 'map', 'check']);
const COMMAND = /^\{"execute": ?"(?!query-|qmp_|qom-(?!set)|guest-(?:sync|info|get|network|ping))/;

const isCommand: IsStep = (_, line) => typeof line === 'string' && COMMAND.test(line);

/** Once in a process. `current` says whose the step is that is about to be taken; nobody's are not counted. */
export async function watchSteps(current: () => Steps | undefined): Promise<void> {
  function watchMethod(
    owner: object,
    name: string,
    isStep: IsStep = () => true,
    kind: StepKind = 'file',
  ): void {
    const original = Reflect.get(owner, name) as Method; // all that are named below are methods
    Reflect.set(owner, name, function (this: unknown, ...args: unknown[]): unknown {
      const isTaken = !isStep(this, ...args) || (current()?.take(kind) ?? true);
      return isTaken ? Reflect.apply(original, this, args) : new Promise(() => undefined);
    });
  }
  watchPrograms(current);
  watchOpening(current);
  const prototype = await handlePrototype();
  const beginsRow = rowsOfWrites();
  for (const name of ['write', 'writeFile']) watchMethod(prototype, name, beginsRow);
  for (const name of ['truncate', 'sync']) watchMethod(prototype, name);
  for (const name of ['writeFile', 'rename', 'link', 'rm', 'mkdir', 'copyFile']) watchMethod(files, name);
  watchMethod(Socket.prototype, 'write', isCommand, 'command');
  syncBuiltinESMExports();
}

function watchPrograms(current: () => Steps | undefined): void {
  const spawn = childProcess.spawn as (...call: unknown[]) => ChildProcess; // whatever is given is passed on
  Reflect.set(childProcess, 'spawn', (...call: unknown[]): ChildProcess => {
    const steps = current();
    const [, args] = call;
    if (!steps || (Array.isArray(args) && READING.has(args[0]))) return spawn(...call);
    if (!steps.take('program')) throw new Error('killed');
    const child = spawn(...call);
    steps.started(child);
    return child;
  });
}

function watchOpening(current: () => Steps | undefined): void {
  const watch = fs.watch as (...call: unknown[]) => FSWatcher; // whatever is given is passed on, here and below
  Reflect.set(fs, 'watch', (...call: unknown[]): FSWatcher => {
    const watcher = watch(...call);
    current()?.opened(watcher);
    return watcher;
  });
  const open = files.open as (...call: unknown[]) => Promise<FileHandle>;
  Reflect.set(files, 'open', async (...call: unknown[]): Promise<FileHandle> => {
    const handle = await open(...call);
    current()?.opened(handle);
    return handle;
  });
}

async function handlePrototype(): Promise<object> {
  const handle = await files.open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle) as object;
}

/** Of a row of writes to one file only the first counts, which leaves it there in part. */
function rowsOfWrites(): IsStep {
  let written: unknown;
  return (file) => {
    if (written === file) return false;
    written = file;
    return true;
  };
}
