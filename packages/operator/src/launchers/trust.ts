/** What one operator process shows to launchers, accepts from them and signs for them. */
import { documentDigest, type MachineIdentity } from '@hypersdk/api';
import { issue, OPERATOR_NAME, subjectOf, validityOf, type KeyPair, type Validity } from './authority.ts';
import { bundle, signer, type Authorities, type RotationTiming } from './rotation.ts';

export interface Trust {
  /** The operator's own certificate. */
  readonly client: KeyPair;
  readonly signer: KeyPair;
  /** PEM of every authority that is trusted. */
  readonly bundle: string;
  readonly timing: RotationTiming;
  readonly wanted: WantedIdentity;
}

export async function trustIn(
  authorities: Authorities,
  now: Date,
  { timing, before }: { readonly timing: RotationTiming; readonly before?: Trust | undefined },
): Promise<Trust> {
  const signing = signer(authorities, now, timing);
  const isSame = before?.signer.certificate === signing.certificate;
  const isFresh = isSame && !isDue(validityOf(before.client).until, now, timing);
  const client = isFresh ? before.client : await certify({ signer: signing, timing }, OPERATOR_NAME, now);
  const trusted = bundle(authorities);
  const wanted = {
    issuer: subjectOf(signing),
    authorities: documentDigest(trusted),
    renewal: timing.renewal,
  };
  return { client, signer: signing, bundle: trusted, timing, wanted };
}

export function certify(
  trust: Pick<Trust, 'signer' | 'timing'>,
  name: string,
  now: Date,
  aliases: readonly string[] = [],
): Promise<KeyPair> {
  return issue(trust.signer, name, leafValidity(trust, now), aliases);
}

/** A certificate that outlived its authority would be refused all the same. */
function leafValidity({ signer, timing }: Pick<Trust, 'signer' | 'timing'>, now: Date): Validity {
  const wanted = now.getTime() + timing.leaf;
  return { from: now, until: new Date(Math.min(wanted, validityOf(signer).until.getTime())) };
}

/** What a launcher with an up-to-date Secret reports, and until when it may have been issued. */
export interface WantedIdentity {
  readonly issuer: string;
  readonly authorities: string;
  /** Milliseconds before its end from which a certificate is to be renewed. */
  readonly renewal: number;
}

/** When the identity is to be renewed; in the past when it is due. */
export function renewalTime(identity: MachineIdentity, wanted: WantedIdentity): Date {
  const isCurrent = identity.issuer === wanted.issuer && identity.authorities === wanted.authorities;
  return new Date(isCurrent ? Date.parse(identity.notAfter) - wanted.renewal : 0);
}

function isDue(until: Date, now: Date, { renewal }: RotationTiming): boolean {
  return until.getTime() - renewal <= now.getTime();
}
