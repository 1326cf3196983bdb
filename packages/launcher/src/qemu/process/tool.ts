import { spawn } from 'node:child_process';

export interface ToolOptions {
  readonly signal: AbortSignal;
  /** Each piece of standard output as it comes, for progress. */
  readonly onOutput?: (text: string) => void;
}

/** A program that ended with another code than 0; `stderr` is what it said. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: number | null;
  readonly stderr: string;
  constructor(program: string, code: number | null, stderr: string) {
    super(`${program} failed: ${stderr.trim() || `exit code ${code}`}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a program to its end and resolves with its standard output. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(program, args, {
    signal: options.signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    options.onOutput?.(text);
    if (!options.onOutput) stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // Rejecting only on `close`: an aborted child may still write until it is gone.
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  child.on('close', (code) => {
    if (failure) reject(failure);
    else if (code === 0) resolve(stdout);
    else reject(new ToolError(program, code, stderr));
  });
  return promise;
}
