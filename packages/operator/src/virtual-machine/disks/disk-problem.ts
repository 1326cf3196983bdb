/** Why the VM cannot have these disks; the reason is a condition's. */
export class DiskProblem extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
