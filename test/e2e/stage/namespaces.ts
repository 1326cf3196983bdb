/** Namespaces of the tests' own: each is cleared while the next test runs, and has to be gone when its file ends. */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { after, type TestContext } from 'node:test';
import { kubectl } from './kubectl.ts';

const leaving: string[] = [];

/** Named for the test's file, so that one sees whose it is. */
export async function createNamespace(t: TestContext): Promise<string> {
  const file = basename(t.filePath ?? '', '.e2e.ts');
  const name = `e2e-${file}-${randomBytes(3).toString('hex')}`;
  await kubectl(['create', 'namespace', name]);
  return name;
}

/** Begins to delete the namespace with all that is in it. Half a minute, most of which it waits for its turn. */
export async function leaveNamespace(name: string): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--wait=false']);
  leaving.push(name);
}

// Nothing of ours may hold up a namespace, whatever the test has left in it.
after(async () => {
  if (leaving.length === 0) return;
  const namespaces = leaving.map((name) => `namespace/${name}`);
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
