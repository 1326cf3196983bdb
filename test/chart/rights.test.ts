/**
 * The rights that the chart gives the operator, against the operator's sources: whatever is written there to be asked of
 * the API server is granted, and nothing else is. Sources are read as text, so that a call counts to which only a crash
 * leads. What a wrapper of the client calls is in a table here.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Resource } from '../../packages/kube/src/resource.ts';
import * as kubernetes from '../../packages/kube/src/resources.ts';
import * as ours from '../../packages/operator/src/resources.ts';
import { renderedChart, type Rule } from './rendered-chart.ts';

const packages = join(import.meta.dirname, '../../packages');
const resources: Readonly<Record<string, Pick<Resource, 'group' | 'plural'>>> = { ...kubernetes, ...ours };

/** By method of the client. */
const verbs: Readonly<Record<string, string>> = {
  get: 'get',
  list: 'list',
  create: 'create',
  replace: 'update',
  replaceStatus: 'update status',
  mergePatch: 'patch',
  jsonPatch: 'patch',
  patchResize: 'patch resize',
  apply: 'patch',
  delete: 'delete',
};

/** The resource by its name in `Own`. */
function ofOwn(name: string): string {
  const names = [name, `vm${name}`].map((one) => one.toLowerCase());
  return Object.keys(ours).find((resource) => names.includes(resource.toLowerCase())) ?? name;
}

/** What is called for a resource that a wrapper was given. */
const wrappers: readonly {
  readonly given: RegExp;
  readonly calls: readonly string[];
  /** Of the resource, where what is found is another name of it. */
  readonly nameOf?: (found: string) => string;
}[] = [
  { given: /new Informer\(client, (\w+)/g, calls: ['list', 'watch'] },
  { given: /new OwnObjects\(client, (\w+)/g, calls: ['update status'] },
  // Finalizers of what stands on an image.
  { given: /own: own\.\w+, kind: '(\w+)'/g, calls: ['patch'] },
  { given: /\bown\.(\w+)\.(?:hold|release|setOwners)\(/g, calls: ['patch'], nameOf: ofOwn },
  { given: /\bawait verb\((\w+),/g, calls: ['create', 'update'] },
];

describe('the rights of the operator', () => {
  it('are those that its sources have a use for, and no other', async () => {
    assert.deepEqual(await granted(), used(operatorSources()));
  });

  it('are not known of a call for what is no resource', () => {
    assert.throws(() => used('client.get(Wishes, key)'), /Wishes/);
  });
});

function operatorSources(): string {
  const files = ['kube', 'operator'].flatMap((name) => globSync(join(packages, name, 'src/**/*.ts')));
  const own = files.filter((file) => !/\.test\.ts$|\/testing\//.test(file));
  return own.map((file) => readFileSync(file, 'utf8')).join('\n');
}

/** In words such as `update pods/status`, in order. */
function used(sources: string): string[] {
  const calls = [...sources.matchAll(/\bclient\s*\.(\w+)\(\s*([A-Z]\w*)/g)].map(
    ([call, method = '', name = '']) => right(verbs[method] ?? assert.fail(`which verb is ${call}?`), name),
  );
  const wrapped = wrappers.flatMap(({ given, calls: asked, nameOf = (name) => name }) =>
    [...sources.matchAll(given)].flatMap(([, name = '']) => asked.map((verb) => right(verb, nameOf(name)))),
  );
  return [...new Set([...calls, ...wrapped])].sort();
}

/** `name` is that of a resource, or of its kind. */
function right(verb: string, name: string): string {
  const resource = resources[name] ?? resources[`${name}s`] ?? assert.fail(`${name} is no resource`);
  const [word, subresource] = verb.split(' ');
  const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  return `${word} ${plural}.${resource.group}`;
}

async function granted(): Promise<string[]> {
  const manifests = await renderedChart();
  const roles = manifests.filter(
    ({ kind, metadata }) => /Role$/.test(kind) && metadata.name === 'hypersdk-operator',
  );
  return [...new Set(roles.flatMap(({ rules = [] }) => rules.flatMap(rightsOf)))].sort();
}

/** Finalizers have no calls of their own: admission asks for that right where an owner is named. */
function rightsOf({ apiGroups, resources: plurals, verbs: words }: Rule): string[] {
  const wanted = plurals.filter((plural) => !plural.endsWith('/finalizers'));
  return apiGroups.flatMap((group) =>
    wanted.flatMap((plural) => words.map((verb) => `${verb} ${plural}.${group}`)),
  );
}
