import { execa } from 'execa';
import type { Options, Result } from 'execa';
import { binary } from './binaries.ts';

/** A cluster as a client sees it. */
export interface ClusterAccess {
  /** The user's own, as kubectl itself finds it, where absent. */
  readonly kubeconfig?: string;
  /** The built one where absent. */
  readonly kubectl?: string;
}

export function kubectl<O extends Options = { stdout: 'pipe' }>(
  cluster: ClusterAccess,
  parameters: readonly string[],
  options?: O,
): Promise<Result<O>> {
  const settings = { timeout: 60_000, ...options } as O;
  // execa's promise is its result's with more on it; the generic overload loses that.
  const program = cluster.kubectl ?? binary('kubectl');
  return execa(program, [...kubeconfigFlag(cluster), ...parameters], settings) as unknown as Promise<
    Result<O>
  >;
}

/** For kubectl and Helm alike. */
export function kubeconfigFlag({ kubeconfig }: ClusterAccess): string[] {
  return kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
}
