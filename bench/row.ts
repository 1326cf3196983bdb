import type { Scene } from '../test/e2e/stage/scene.ts';

/** What each row of the table stands on: a test cluster with the operator, and a template that is ready. */
export interface Bench {
  readonly instance: string;
  /** Of all that runs in the cluster. */
  readonly cgroup: string;
  readonly scene: Scene;
  /** How often each thing is measured. */
  readonly n: number;
  /** Everything is measured on this node, so that its pods share what they share. */
  readonly node: string;
  /** Where the host has the QEMU of the launcher's image. */
  readonly qemuDirectory: string;
  /** The tiny guest's image, as the image server offers it. */
  readonly guestImage: string;
  /** The Debian guest's, which holds enough that copying it takes a while. */
  readonly largeImage: string;
  readonly launcherImage: string;
}

export interface Row {
  readonly name: string;
  /** Of the values, such as `ratio` or `MiB`. */
  readonly unit: string;
  readonly goal: string;
  /** How a value comes about, for who reads the table. */
  readonly about: string;
  readonly measure: (bench: Bench) => Promise<readonly number[]>;
}

/** One value after the other, each of an attempt that has a name of its own. */
export function repeated(
  series: string,
  once: (bench: Bench, name: string) => Promise<number>,
): Row['measure'] {
  return async (bench) => {
    const values: number[] = [];
    for (let i = 0; i < bench.n; i++) values.push(await once(bench, `${series}-${i}`));
    return values;
  };
}

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
