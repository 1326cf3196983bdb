/** A scripted guest agent behind a unix socket, as QEMU offers its channel. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentDecoder } from '../guest-agent/decoder.ts';
import { parseJson, stringifyJson } from '../json.ts';

export interface AgentCall {
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Writes any bytes at all to the host. */
  readonly write: (bytes: string | Uint8Array) => void;
}

/** The value to return, an AgentError, or NO_ANSWER. */
export type AgentHandler = (call: AgentCall) => unknown;

export const NO_ANSWER = Symbol('no answer');

export class AgentError {
  readonly desc: string;

  constructor(desc: string) {
    this.desc = desc;
  }
}

export interface FakeGuestAgent {
  readonly path: string;
  /** Names of the commands so far, without the syncs. */
  readonly commands: readonly string[];
  /** Every command by its handler; may be exchanged at any time. Null: the agent reads nothing. */
  handlers: Readonly<Record<string, AgentHandler>> | null;
  /** Hangs up on the host. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

export async function startFakeGuestAgent(
  handlers: Readonly<Record<string, AgentHandler>> = {},
  socketPath?: string,
): Promise<FakeGuestAgent> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-agent-'));
  const path = socketPath ?? join(directory, 'agent.sock');
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const decoder = new AgentDecoder();
    socket.on('data', (chunk: Buffer) => {
      for (const line of decoder.lines(chunk)) obey(line, socket, agent, commands);
    });
  });
  await once(server.listen(path), 'listening');
  const close = async (): Promise<void> => {
    hangUp();
    server.close();
    await rm(directory, { recursive: true, force: true });
  };
  const agent: FakeGuestAgent = { path, commands, handlers, hangUp, close };
  return agent;
}

function obey(line: string, socket: Socket, { handlers }: FakeGuestAgent, commands: string[]): void {
  if (handlers === null) return;
  // Whoever connects to a fake agent is its client.
  const request = parseJson(line) as { execute: string; arguments?: Record<string, unknown> };
  const call: AgentCall = {
    command: request.execute,
    arguments: request.arguments ?? {},
    write: (bytes) => socket.write(bytes),
  };
  const sync: AgentHandler = ({ write, arguments: args }) => {
    write(Uint8Array.of(0xff));
    return args['id'];
  };
  const known: Readonly<Record<string, AgentHandler>> = { 'guest-sync-delimited': sync, ...handlers };
  if (call.command !== 'guest-sync-delimited') commands.push(call.command);
  const handler = known[call.command];
  const answer = handler ? handler(call) : new AgentError(`The command ${call.command} has not been found`);
  if (answer !== NO_ANSWER) call.write(`${stringifyJson(answerOf(answer))}\n`);
}

function answerOf(answer: unknown): object {
  return answer instanceof AgentError
    ? { error: { class: 'CommandNotFound', desc: answer.desc } }
    : { return: answer ?? {} };
}
