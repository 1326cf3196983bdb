import { execa } from 'execa';
import type { Options, Result } from 'execa';
import { binary } from './binaries.ts';
import type { Instance } from './instance.ts';

/** Runs the built kubectl as the instance's administrator. */
export function kubectl<O extends Options>(
  instance: Instance,
  parameters: readonly string[],
  options?: O,
): Promise<Result<O>> {
  // execa's promise is its result's with more on it; the generic overload loses that.
  return execa(binary('kubectl'), ['--kubeconfig', instance.kubeconfig, ...parameters], {
    timeout: 60_000,
    ...options,
  } as O) as unknown as Promise<Result<O>>;
}
