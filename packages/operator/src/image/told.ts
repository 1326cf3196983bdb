/** What there is to say of an import to whoever wants the image: a VMTemplate, or a VMImage. */
import type { GoldenImage } from './golden-image.ts';
import type { ImageInNamespace } from './image-in-namespace.ts';
import type { Upload } from './upload/upload.ts';

export interface Told<Phase extends string> {
  readonly phase: Phase | 'Ready' | 'Failed';
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
  readonly progress?: number | undefined;
  readonly attempts?: number;
  readonly imported?: ImportedImage;
  readonly upload?: Upload | undefined;
}

/** Size in bytes as a guest sees it, time as RFC 3339. */
export interface ImportedImage {
  readonly claim: string;
  readonly virtualSize: number;
  readonly time: string;
  readonly checksum?: string | undefined;
}

export interface ImageUser<Phase extends string> {
  readonly image: ImageInNamespace;
  readonly phaseOf: (importing: Extract<GoldenImage, { type: 'importing' }>) => Phase;
}

export function tellOfImport<Phase extends string>(user: ImageUser<Phase>): Told<Phase> {
  const { image, phaseOf } = user;
  const { name: claim, state } = image;
  switch (state.type) {
    case 'importing': {
      const { reason, attempts, progress, upload } = state;
      const percent = progress === undefined ? '' : `: ${progress} %`;
      return { phase: phaseOf(state), reason, message: state.message + percent, attempts, progress, upload };
    }
    case 'failed': {
      const { reason, message, attempts, isFinal } = state;
      return { phase: 'Failed', reason, message, attempts, isStalled: isFinal };
    }
    case 'ready': {
      const { attempts, virtualSize, time, checksum } = state;
      const imported = { claim, virtualSize, time, checksum };
      return { phase: 'Ready', reason: 'Imported', message: 'The image is imported', attempts, imported };
    }
  }
}
