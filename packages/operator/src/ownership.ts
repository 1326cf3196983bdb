/** Whose child an object is when it must outlive its owner, so that an owner reference would be wrong. */
import { GROUP } from '@hypersdk/api';

/** Annotation with the uid of the VM that an object was made for. */
export const ownerUid = `${GROUP}/owner-uid`;
