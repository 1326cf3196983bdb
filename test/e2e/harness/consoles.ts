/** What is heard of the VMs of a namespace: their guests' journals, and the last words of all who had to do with them. */
import type { Instance } from '../../cluster/instance.ts';
import { Journal, parseLine } from './journal.ts';
import { LogFollower, type LogLine } from './log-follower.ts';

/** Lines of a VM that are kept: some minutes' worth. */
const WORDS = 600;

interface Heard {
  readonly journal: Journal;
  readonly words: string[];
}

export class Consoles {
  readonly #vms = new Map<string, Heard>();
  readonly #follower: LogFollower;

  constructor(instance: Instance, namespace: string) {
    this.#follower = new LogFollower(instance, namespace, (line) => {
      this.#read(line);
    });
  }

  /** Of all pods of one VM. */
  journal(vm: string): Journal {
    return this.#heard(vm).journal;
  }

  /** What its launchers, QEMUs and guests have said last, but for entries. */
  words(vm: string): string {
    return this.#heard(vm).words.join('\n');
  }

  close(): Promise<void> {
    return this.#follower.close();
  }

  #read({ pod, container, text }: LogLine): void {
    const heard = this.#heard(pod.replace(/-\d+$/, ''));
    const entry = container === 'qemu' ? parseLine(pod, text) : undefined;
    if (entry) heard.journal.read(entry);
    if (entry?.type === 'kept' || / tick \d+ /.test(text)) return;
    heard.words.push(`${pod} ${container}: ${text.trimEnd()}`);
    if (heard.words.length > 2 * WORDS) heard.words.splice(0, WORDS);
  }

  #heard(vm: string): Heard {
    const heard = this.#vms.get(vm) ?? { journal: new Journal(), words: [] };
    this.#vms.set(vm, heard);
    return heard;
  }
}
