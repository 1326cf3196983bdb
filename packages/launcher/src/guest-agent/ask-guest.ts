import type { GuestFileSystem, MachineGuestAgent } from '@hypersdk/api/machine';
import { CommandError, type GuestAgent } from 'qemu-monitor';
import type * as z from 'zod';
import { FileSystems, Hostname, Interfaces, machineInterfaces, OperatingSystem, Version } from './answers.ts';
import { steady } from './steady.ts';

/** What cannot change while an agent stays connected. */
export type GuestIdentity = Pick<MachineGuestAgent, 'version' | 'os'>;
export type GuestSituation = Pick<MachineGuestAgent, 'hostname' | 'interfaces' | 'fileSystems'>;

export async function askIdentity(agent: GuestAgent, signal: AbortSignal): Promise<GuestIdentity> {
  const version = await ask(agent, 'guest-info', Version, signal);
  const os = await ask(agent, 'guest-get-osinfo', OperatingSystem, signal);
  return { ...(version !== undefined && { version }), ...(os !== undefined && { os }) };
}

export interface Question {
  readonly agent: GuestAgent;
  /** MAC addresses of the machine's networks, in lower case. */
  readonly macs: readonly string[];
  readonly before: readonly GuestFileSystem[];
  readonly signal: AbortSignal;
}

export async function askSituation({ agent, macs, before, signal }: Question): Promise<GuestSituation> {
  const hostname = await ask(agent, 'guest-get-host-name', Hostname, signal);
  const interfaces = await ask(agent, 'guest-network-get-interfaces', Interfaces, signal);
  const fileSystems = await ask(agent, 'guest-get-fsinfo', FileSystems, signal);
  return {
    ...(hostname !== undefined && { hostname }),
    ...(interfaces && { interfaces: machineInterfaces(interfaces, macs) }),
    ...(fileSystems && { fileSystems: steady(before, fileSystems) }),
  };
}

/** Undefined where this agent does not know the command, may not run it, or talks nonsense. */
async function ask<T>(
  agent: GuestAgent,
  command: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  try {
    return schema.safeParse(await agent.execute(command, undefined, { signal })).data;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
