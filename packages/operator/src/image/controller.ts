/** One golden image of a namespace, by the key of its claim. */
import { Labels, type VMImage, type VMTemplate } from '@hypersdk/api';
import {
  keyOf,
  parseKey,
  Pods,
  type KubeObject,
  type PersistentVolumeClaim,
  type Result,
  type WorkQueue,
} from '@hypersdk/kube';
import { areIdentified } from '../worker/create-worker.ts';
import { workerProgress } from '../worker/worker-progress.ts';
import { claimsBelow } from '../ownership.ts';
import { executeImage } from './execute.ts';
import { importEnd } from './import-end.ts';
import type { ObservedImage } from './observed.ts';
import { isImported, planImage } from './plan.ts';
import { importPolicy } from './policy.ts';
import { copiersOf, sourceClaim, writersDuring, writersOf } from './source-claim.ts';
import { dependentsOf } from './image-in-namespace.ts';
import { templateWishes } from './template-image.ts';
import { templateOf } from './templates.ts';
import { vmsOfImage, wantedImage } from './users.ts';
import { imageName, ownWishes, vmImageWish } from './wish.ts';
import type { Context } from '../context.ts';

export async function reconcileImage(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const observed = await observe(context, key, signal);
  const planned = planImage(observed, new Date());
  await executeImage(context, observed, planned, signal);
  return { requeueAfter: planned.requeueAfter };
}

/** Whoever wants an image, did so until now, or stands on one. */
export function enqueueImages({ caches }: Context, queue: WorkQueue): void {
  const add = (object: KubeObject, name: string | undefined): void => {
    if (name !== undefined) queue.add(keyOf({ namespace: object.metadata.namespace ?? '', name }));
  };
  const addTemplate = (template: VMTemplate): void => {
    const names = templateWishes(caches, template).map(imageName);
    // Those too that may not see it any more: their images may go.
    const users = caches.virtualMachines.byIndex('template', keyOf(template));
    for (const user of [template, ...users]) for (const name of names) add(user, name);
  };
  caches.templates.subscribe((change) => {
    addTemplate(change.object);
    if (change.type === 'modified') addTemplate(change.previous);
  });
  caches.virtualMachines.subscribe(({ object }) => {
    const template = templateOf(caches, object);
    const wishes = [...ownWishes(object), ...(template ? templateWishes(caches, template) : [])];
    for (const wish of wishes) add(object, imageName(wish));
  });
  const addVmImage = (vmImage: VMImage): void => {
    const name = imageName(vmImageWish(vmImage));
    for (const user of [vmImage, ...vmsOfImage(caches, vmImage)]) add(user, name);
  };
  caches.vmImages.subscribe((change) => {
    addVmImage(change.object);
    if (change.type === 'modified') addVmImage(change.previous);
  });
  caches.pods.subscribe(({ object }) => {
    add(object, object.metadata.labels?.[Labels.image]);
  });
  caches.claims.subscribe(({ object }) => {
    add(object, object.metadata.labels?.[Labels.image]);
    for (const name of claimsBelow(object)) add(object, name);
    for (const { user, wish } of copiersOf(caches, object)) add(user, imageName(wish));
  });
}

async function observe(context: Context, key: string, signal: AbortSignal): Promise<ObservedImage> {
  const { caches, own, launchers, config } = context;
  const { namespace = '', name } = parseKey(key);
  const claim = imageClaim(own.claims.get(key));
  const pods = claim ? caches.pods.byIndex('owner', claim.metadata.uid ?? '') : [];
  const { wish, vmImages, others } = wantedImage(caches, namespace, name);
  return {
    namespace,
    name,
    wish,
    policy: importPolicy(vmImages, others),
    claim,
    hasDependents: dependentsOf(caches, namespace, name).length > 0,
    pods,
    ...(await observeSource(context, namespace, { wish, claim, pods }, signal)),
    isIdentified: areIdentified(pods, context.knownSecrets),
    progress: await workerProgress(pods, (address) => launchers.import(address, signal), signal),
    storageClasses: caches.storageClasses.list(),
    config,
  };
}

/**
 * Any pod of the namespace may be using the source, and only ours are in the caches; so it is asked before each attempt,
 * and again when one has succeeded.
 */
async function observeSource(
  { caches, client }: Context,
  namespace: string,
  { wish, claim, pods }: Pick<ObservedImage, 'wish' | 'claim' | 'pods'>,
  signal: AbortSignal,
): Promise<Pick<ObservedImage, 'source' | 'sourceWriters'>> {
  const source = wish && sourceClaim(caches, namespace, wish);
  const [importer] = pods;
  const isAsked = !importer || importEnd(importer).type === 'succeeded';
  if (source?.type !== 'usable' || !isAsked || isImported(claim)) return { source, sourceWriters: [] };
  const { items } = await client.list(Pods, { namespace, signal });
  const writers = importer ? writersDuring(importer, source.claim, items) : writersOf(source.claim, items);
  return { source, sourceWriters: writers.map(({ metadata }) => metadata.name) };
}

/** Disks stand on other claims, too, and those are not ours to import into, or to delete. */
function imageClaim(claim: PersistentVolumeClaim | undefined): PersistentVolumeClaim | undefined {
  return claim?.metadata.labels?.[Labels.image] === undefined ? undefined : claim;
}
