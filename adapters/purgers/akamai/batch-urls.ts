/** The largest body Fast Purge takes: https://techdocs.akamai.com/purge-cache/reference/413 */
const bodyBytesMax = 50_000;

/** The body of a purge of these URLs. */
export function purgeBody(urls: readonly string[]): string {
  return JSON.stringify({ objects: urls });
}

/** URLs cut into batches whose bodies are within the limit: it is one of bytes, not of URLs. */
export function batchUrls(urls: readonly string[], sizeBytesMax: number = bodyBytesMax): string[][] {
  const batches: string[][] = [];
  const frameBytes = Buffer.byteLength(purgeBody([]));
  let batch: string[] = [];
  let bytes = frameBytes;
  for (const url of urls) {
    const added = Buffer.byteLength(JSON.stringify(url)) + 1;
    if (batch.length > 0 && bytes + added > sizeBytesMax) {
      batches.push(batch);
      batch = [];
      bytes = frameBytes;
    }
    batch.push(url);
    bytes += added;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
