/** Steps that may have been done already, by an attempt that died before it could say so. */
import { AlreadyExistsError, NotFoundError } from '@hypersdk/kube';

/** Undefined when the object is gone. */
export async function unlessGone<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Undefined when there was one of that name already. */
export async function unlessThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof AlreadyExistsError) return undefined;
    throw error;
  }
}
