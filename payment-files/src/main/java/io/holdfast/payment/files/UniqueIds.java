package io.holdfast.payment.files;

import java.nio.ByteBuffer;

/**
 * Finds ids that are there twice, in 20 bytes for each: by 128 bits of their hash, and with the
 * line of the first.
 */
final class UniqueIds {

  private long[] hashes = new long[2 * 1024];
  private int[] lines = new int[1024];
  private int size;

  /** Adds one. The line of the one that was there before, or 0. */
  int add(String id, long line) {
    if (size * 3L > lines.length * 2L) {
      grow();
    }
    ByteBuffer hash = ByteBuffer.wrap(Hashes.of(id));
    return put(hash.getLong(), hash.getLong(), (int) Math.min(line, Integer.MAX_VALUE));
  }

  private int put(long high, long low, int line) {
    int mask = lines.length - 1;
    int at = (int) low & mask;
    while (lines[at] != 0) {
      if (hashes[2 * at] == high && hashes[2 * at + 1] == low) {
        return lines[at];
      }
      at = at + 1 & mask;
    }
    hashes[2 * at] = high;
    hashes[2 * at + 1] = low;
    lines[at] = line;
    size++;
    return 0;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldLines = lines;
    hashes = new long[oldHashes.length * 2];
    lines = new int[oldLines.length * 2];
    size = 0;
    for (int i = 0; i < oldLines.length; i++) {
      if (oldLines[i] != 0) {
        put(oldHashes[2 * i], oldHashes[2 * i + 1], oldLines[i]);
      }
    }
  }
}
