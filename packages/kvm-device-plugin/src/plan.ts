/** What is to be done so that the kubelet that is there knows the plugin. */
export interface Observed {
  /** Which kubelet's socket is there. */
  readonly kubelet: string | undefined;
  /** The plugin's own socket is there; a kubelet that starts removes it. */
  readonly isServed: boolean;
  /** The kubelet at which this plugin is registered and not forsaken since. */
  readonly registeredAt: string | undefined;
}

export type Step = 'rest' | 'await' | 'register';

export function plan({ kubelet, isServed, registeredAt }: Observed): Step {
  if (kubelet === undefined) return 'await';
  return isServed && registeredAt === kubelet ? 'rest' : 'register';
}
