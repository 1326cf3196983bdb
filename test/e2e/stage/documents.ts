/** What the documentation shows, out of its very text: what the tests apply and type is what users copy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  VirtualMachineManifest,
  VMCloneManifest,
  VMImageManifest,
  VMOperationManifest,
  VMSnapshotManifest,
  VMSnapshotScheduleManifest,
  VMTemplateManifest,
} from '@hypersdk/api';
import { execa } from 'execa';
import { parse } from 'yaml';
import type { Scene } from './scene.ts';

const repository = join(import.meta.dirname, '../../..');
const DEADLINE_MS = 600_000;

interface Kinds {
  VirtualMachine: VirtualMachineManifest;
  VMClone: VMCloneManifest;
  VMImage: VMImageManifest;
  VMOperation: VMOperationManifest;
  VMSnapshot: VMSnapshotManifest;
  VMSnapshotSchedule: VMSnapshotScheduleManifest;
  VMTemplate: VMTemplateManifest;
  Secret: object;
  ResourceQuota: object;
}

/** Texts of a document, and what stands in their place on this cluster: there is no way out of it. */
type Instead = Readonly<Record<string, string>>;

export interface ShownManifest {
  /** Its kind and name, as in `VMImage/debian-13`. */
  readonly name: string;
  readonly text: string;
  /** Why no test applies it. */
  readonly notRun: string | undefined;
}

const BLOCK = /^(?:<!-- Not run: (?<reason>.*?) -->\n+)?```(?<language>\w+)\n(?<text>.*?)^```$/gms;
const HERE_DOCUMENT = /<<EOF\n(.*?)^EOF$/ms;

/** `README`, or the name of a guide. */
export function documentText(document: string): string {
  const path = document === 'README' ? 'README.md' : `docs/guides/${document}.md`;
  return readFileSync(join(repository, path), 'utf8');
}

/** In blocks of their own, or handed to a command. */
export function manifestsIn(document: string): ShownManifest[] {
  return [...documentText(document).matchAll(BLOCK)].flatMap(({ groups: block }) => {
    const { language, text = '', reason } = block ?? {};
    const yaml = language === 'yaml' ? text : HERE_DOCUMENT.exec(text)?.[1];
    const manifests = yaml?.split(/^---$/m) ?? [];
    return manifests.map((each) => ({ name: nameOf(each), text: each, notRun: reason }));
  });
}

function nameOf(yaml: string): string {
  // Whatever it is, an excerpt of a manifest has no kind.
  const { kind, metadata } = parse(yaml) as { kind?: string; metadata?: { name: string } };
  return kind === undefined || metadata === undefined ? `excerpt ${yaml}` : `${kind}/${metadata.name}`;
}

/** A manifest that a document shows. */
export function documented<Kind extends keyof Kinds>(
  document: string,
  name: `${Kind}/${string}`,
  instead: Instead = {},
): Kinds[Kind] {
  const shown = manifestsIn(document).find((manifest) => manifest.name === name);
  if (!shown) throw new Error(`${document} shows no ${name}`);
  // The API server, which it is meant for, checks it against this very schema.
  return parse(put(shown.text, instead)) as Kinds[Kind];
}

/** Types a command that a document shows and that begins so, in a checkout and the scene's namespace; what it prints. */
export async function type(
  { namespace }: Scene,
  document: string,
  beginning: string,
  instead: Instead = {},
): Promise<string> {
  const command = put(shownCommand(document, beginning), instead);
  const inNamespace = `kubectl() { command kubectl --namespace ${namespace} "$@"; }`;
  const { stdout } = await execa('bash', ['-euo', 'pipefail', '-c', `${inNamespace}\n${command}`], {
    ...{ cwd: repository, timeout: DEADLINE_MS },
  });
  return stdout;
}

/** A line of a block, with those that it is continued on, or what stands between backticks. */
export function shownCommand(document: string, beginning: string): string {
  const text = documentText(document);
  const at = ['\n', '`'].map((before) => text.indexOf(before + beginning) + 1).find((found) => found > 0);
  if (at === undefined) throw new Error(`${document} shows no command ${beginning}`);
  return /^(?:\\\n|[^`\n])*/.exec(text.slice(at))?.[0] ?? '';
}

/** All under a comment, until the next one or an empty line. */
export function shownCommands(document: string, comment: string): string {
  const [, commands] = documentText(document).split(`\n${comment}\n`);
  if (commands === undefined) throw new Error(`${document} has no comment ${comment}`);
  return /^(?:(?!#|```).+\n)*/.exec(commands)?.[0] ?? '';
}

function put(text: string, instead: Instead): string {
  return Object.entries(instead).reduce((result, [shown, here]) => {
    if (!result.includes(shown)) throw new Error(`There is no "${shown}" in ${text}`);
    return result.replaceAll(shown, () => here);
  }, text);
}
