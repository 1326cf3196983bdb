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
