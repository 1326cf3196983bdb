/** Condition types of a VirtualMachine. */
export const VirtualMachineCondition = {
  /** What spec asks for is realised; the reason is Running or Halted. */
  Ready: 'Ready',
  /** It is being created: what its guest runs in is yet to come. */
  Provisioning: 'Provisioning',
  /** The guest runs. */
  Running: 'Running',
  /** Work towards spec is going on. */
  Reconciling: 'Reconciling',
  /** Work towards spec cannot go on without a change by somebody. */
  Stalled: 'Stalled',
  DiskReady: 'DiskReady',
  NetworkReady: 'NetworkReady',
  AgentConnected: 'AgentConnected',
  /** The guest could go to another node as it runs; the message says what stands in the way, or how it would go. */
  Migratable: 'Migratable',
  /** Its node is being drained; reason and message say what becomes of the guest, or what it waits for. */
  Draining: 'Draining',
  /** Changes of spec that the running guest has not got; status.restartAwaitingChanges lists them. */
  RestartRequired: 'RestartRequired',
  /** Linked clones stand on its disks; the message names them. It cannot be deleted before they are. */
  InUse: 'InUse',
  /** The guest of a clone with memory has something still that its source is known by; the message says what. */
  SharesIdentity: 'SharesIdentity',
  /** It has less than its template recommends; the message says of what. It runs all the same. */
  BelowRecommended: 'BelowRecommended',
  /** Changes of spec that come with the guest's next start; the message names them. */
  ReconfigurePendingPowerCycle: 'ReconfigurePendingPowerCycle',
  /** CPUs or memory come to the running guest, or go from it. */
  Reconfiguring: 'Reconfiguring',
} as const;

export type VirtualMachineCondition = (typeof VirtualMachineCondition)[keyof typeof VirtualMachineCondition];
