import { consoleLine } from './guest-console.ts';
import { typeCommand } from './guest-keyboard.ts';
import type { Scene } from './scene.ts';

/** What the guest says of itself: the UUID of its machine, its hostname, its MAC addresses. */
export async function identity(scene: Scene, pod: string): Promise<string[]> {
  await typeCommand(scene, pod, 'identity');
  return (await consoleLine(scene, pod, /^IDENTITY /)).split(' ').slice(1);
}
