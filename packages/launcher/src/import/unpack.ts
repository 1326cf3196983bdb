import { contentOf } from './compression.ts';
import { SparseFile } from './sparse-file.ts';

/** Unpacks a compressed download to `to`; resolves with the path of the plain file, which may be the download itself. */
export async function unpacked(
  path: string,
  to: string,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (bytes: number) => void },
): Promise<string> {
  const content = await contentOf(path);
  if (!content.isPacked) return path;
  const file = await SparseFile.create(to);
  try {
    for await (const chunk of content.bytes()) {
      signal.throwIfAborted();
      await file.append(chunk);
      onProgress(file.size);
    }
  } finally {
    await file.close();
  }
  return to;
}
