/** The certificate authority that lets the operator and its launchers, and nobody else, talk to each other. */
import 'reflect-metadata'; // tsyringe, below x509, asks for it at import
import { randomBytes, X509Certificate, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Certificates start a little in the past, because nodes' clocks differ. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** PEM-encoded certificate and PKCS#8 private key. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** The subject common name that launchers demand of their client. */
export const OPERATOR_NAME = 'hypersdk-operator';

/** Each has a name of its own: by it, a verifier finds the right one of several. */
export async function newAuthority(validity: Validity): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=hypersdk-launcher-ca-${randomBytes(4).toString('hex')}`,
    keys,
    signingAlgorithm: SIGNING,
    ...dates(validity),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await pem(keys.privateKey) };
}

/** Signs a certificate for one name, valid as its DNS name, as `aliases` are, for both ends of a TLS connection. */
export async function issue(
  authority: KeyPair,
  name: string,
  validity: Validity,
  aliases: readonly string[] = [],
): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: new x509.Name([{ CN: [name] }]).toString(),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.privateKey),
    signingAlgorithm: SIGNING,
    ...dates(validity),
    extensions: [
      new x509.SubjectAlternativeNameExtension([name, ...aliases].map((value) => ({ type: 'dns', value }))),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await pem(keys.privateKey) };
}

/** As it was asked for, without the allowance for other clocks. */
export function validityOf({ certificate }: Pick<KeyPair, 'certificate'>): Validity {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { from: new Date(validFromDate.getTime() + CLOCK_SKEW_MS), until: validToDate };
}

/** As `X509Certificate.issuer` has it of what this authority signed. */
export function subjectOf({ certificate }: Pick<KeyPair, 'certificate'>): string {
  return new X509Certificate(certificate).subject;
}

function dates({ from, until }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(from.getTime() - CLOCK_SKEW_MS), notAfter: until };
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function signingKey(pkcs8: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pkcs8), SIGNING, false, ['sign']);
}
