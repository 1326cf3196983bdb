const NEWLINE = 0x0a;

/** The JSON documents of a stream, one a line. Throws SyntaxError for garbage and for half a last line. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString();
      pending = [];
      start = end + 1;
      if (line !== '') yield JSON.parse(line);
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  if (pending.length > 0) throw new SyntaxError('the stream ended in the middle of a document');
}
