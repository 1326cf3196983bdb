import { ProblemError } from '../../problem.ts';

/** An image's name, taken apart as container engines do it. */
export interface ImageReference {
  /** Host and port of the registry. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or a digest, which wins where both are given. */
  readonly reference: string;
}

const PATTERN =
  /^(?<name>[^@:]+(?::\d+\/[^@:]+)?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>\w+:[0-9a-f]+))?$/;
const REPOSITORY = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/** Throws ProblemError for what is no reference. */
export function imageReference(image: string): ImageReference {
  const { name = '', tag = 'latest', digest } = PATTERN.exec(image)?.groups ?? {};
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const hasHost = first === 'localhost' || /[.:]/.test(first);
  const registry = hasHost ? first : 'docker.io';
  const path = hasHost ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!REPOSITORY.test(repository)) {
    const message = `"${image}" names no image: write it as registry/name:tag.`;
    throw new ProblemError({ reason: 'InvalidImageName', message });
  }
  return { registry, repository, reference: digest ?? tag };
}

/** Docker's own registry answers under another name than images bear. */
export function registryUrl({ registry }: ImageReference, plainHttp: boolean): string {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return `${plainHttp ? 'http' : 'https'}://${host}`;
}
