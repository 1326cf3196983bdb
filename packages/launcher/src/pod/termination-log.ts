import { writeFile } from 'node:fs/promises';
import type { MachineState, MachineTermination } from '@hypersdk/api/machine';

/** Kubelet keeps 4096 bytes of a container's termination message. */
const LIMIT = 1024;

/**
 * Leaves what matters of the last state as the container's termination message, for an operator that was
 * away while the pod ended.
 */
export async function writeTerminationLog(path: string, state: MachineState | undefined): Promise<void> {
  if (!state) return;
  const { epoch, phase, startTime, exit, problem, migration } = state;
  const cut = <T extends { message?: string | undefined }>(value: T | undefined): T | undefined =>
    value && { ...value, ...(value.message && { message: value.message.slice(0, LIMIT) }) };
  const left: MachineTermination = {
    ...{ epoch, phase, startTime, exit: cut(exit), problem: cut(problem) },
    ...(migration && { migration: { ...migration, problem: cut(migration.problem) } }),
  };
  await writeFile(path, JSON.stringify(left));
}
