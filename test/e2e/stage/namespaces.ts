/** Namespaces of the tests' own: each is cleared while the next test runs, and has to be gone when its file ends. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { after, type TestContext } from 'node:test';
import { kubectl } from './kubectl.ts';

const leaving = new Map<string, Promise<void>>();

/** Named for the test's file, so that one sees whose it is. */
export async function createNamespace(t: TestContext): Promise<string> {
  const file = basename(t.filePath ?? '', '.e2e.ts');
  const name = `e2e-${file}-${randomBytes(3).toString('hex')}`;
  await kubectl(['create', 'namespace', name]);
  return name;
}

/** Begins to delete the namespace with all that is in it. */
export function leaveNamespace(name: string): void {
  const left = leave(name);
  left.catch(() => undefined); // `after` tells
  leaving.set(name, left);
}

/**
 * What runs goes first: where a pod ends with its namespace Kubernetes looks again after half of the time that the pod may
 * take, which is twenty seconds for a guest.
 */
async function leave(name: string): Promise<void> {
  const running = ['delete', 'vm,pods', '--all', '--timeout=240s'];
  // A VM that another stands on stays: the namespace takes both.
  await kubectl(['--namespace', name, ...running]).catch(() => undefined);
  await kubectl(['delete', 'namespace', name, '--wait=false']);
}

// Nothing of ours may hold up a namespace, whatever the test has left in it.
after(async () => {
  if (leaving.size === 0) return;
  await Promise.all(leaving.values());
  const namespaces = [...leaving.keys()].map((name) => `namespace/${name}`);
  try {
    await kubectl(['wait', '--for=delete', ...namespaces, '--timeout=240s']);
  } catch (cause) {
    const conditions = '--output=jsonpath={range .items[*]}{.metadata.name} {.status.conditions}{"\\n"}{end}';
    const standing = await kubectl([
      'get',
      'namespaces',
      '--field-selector=status.phase=Terminating',
      conditions,
    ]);
    throw new Error(`these namespaces do not go away:\n${standing}`, { cause });
  }
});
