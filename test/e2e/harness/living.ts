/** A VM whose guest lives, one who dies over whatever is done to it, and what must be so afterwards. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@hypersdk/kube';
import type { Instance } from '../../cluster/instance.ts';
import { waitFor } from '../../cluster/waiting.ts';
import { typeCommand } from '../stage/guest-keyboard.ts';
import { getVm, type Scene } from '../stage/scene.ts';
import { isNode, isQemu, killIn } from './strike.ts';
import { patiently } from './well.ts';

export const mortals = ['launcher', 'qemu', 'operator'] as const;
export type Mortal = (typeof mortals)[number];

export interface Living {
  readonly scene: Scene;
  readonly client: Client;
  readonly instance: Instance;
  /** Who dies; the VM's name, too. */
  readonly vm: Mortal;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}

export interface Work<T> {
  readonly name: string;
  /** Milliseconds that it takes from where it has begun, about: within them somebody dies. */
  readonly usual: number;
  readonly hasBegun: () => Promise<boolean>;
  /** How it has ended, once it has. */
  readonly end: () => Promise<T | undefined>;
}

/** Kills who is to die at some time of the work; resolves with how that has ended all the same. */
export async function dieOver<T>(living: Living, { name, usual, hasBegun, end }: Work<T>): Promise<T> {
  const begun = { until: `${name} has begun`, seconds: 120, intervalMilliseconds: 20 };
  await waitFor(begun, async () => (await hasBegun()) || undefined);
  const at = living.random() * usual;
  await delay(at);
  const wasOver = (await end()) !== undefined;
  const hasDied = await killMortal(living);
  const ended = await patiently(`${name} of ${living.vm} is over`, end);
  const when = `${Math.round(at)} ms into it${wasOver ? ', when it was over' : ''}`;
  living.log(`${name}: ${living.vm} ${hasDied ? `died ${when}` : 'was not there'}: ${String(ended)}`);
  return ended;
}

/** What works on the disks of a guest that is off is a launcher, too. */
function killMortal({ scene, instance, vm }: Living): Promise<boolean> {
  if (vm === 'operator') return killIn(instance, 'hypersdk-system', 'hypersdk-operator', isNode);
  return killIn(instance, scene.namespace, `${vm}-`, vm === 'qemu' ? isQemu : isNode);
}

/** In the pod that the guest runs in by then. */
export async function write(living: Living, word: string): Promise<void> {
  assert.equal(await ask(living, `write data ${word}`, /^WROTE (\w+)/gm), word);
}

export async function reads(living: Living, word: string): Promise<void> {
  assert.equal(await ask(living, 'read data', /^READ (\w+)/gm), word);
}

/**
 * The guest's answer. What is typed while its pod goes, or while it boots, is lost, so that it is asked again where it
 * gives none; each answer to the one question is as good as the other.
 */
export async function ask({ scene, vm }: Living, question: string, answer: RegExp): Promise<string> {
  const told = new Map<string, number>();
  return patiently(`the guest of ${vm} answers: ${question}`, async () => {
    const { phase, podName = '' } = (await getVm(scene, vm)).status ?? {};
    if (phase !== 'Running') return undefined;
    const said = async () => [...(await scene.k('logs', podName, '--container', 'qemu')).matchAll(answer)];
    if (!told.has(podName)) told.set(podName, (await said()).length);
    await typeCommand(scene, podName, question);
    const wait = { until: 'it answers', seconds: 5, intervalMilliseconds: 200 };
    return waitFor(wait, async () => (await said())[told.get(podName) ?? 0]?.[1]);
  });
}
