package io.holdfast.gateway.dns;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * How many queries of one network are answered in a second. A forged sender is most often one
 * victim, so this bounds what the victim gets. The memory is fixed: networks that fall into one
 * slot share its number.
 *
 * <p>For one thread.
 */
final class SourceLimit {

  private static final int SLOTS = 1 << 14;
  private static final int NETWORK_V4 = 3;
  private static final int NETWORK_V6 = 7;
  private static final long SECOND = 1_000_000_000;

  private final int perSecond;
  private final int seed;
  private final int[] counts = new int[SLOTS];
  private long began;

  /**
   * None so far.
   *
   * @param seed unknown to those outside, so that they cannot choose whom they share a slot with
   */
  SourceLimit(int perSecond, int seed, long nanoTime) {
    this.perSecond = perSecond;
    this.seed = seed;
    this.began = nanoTime;
  }

  /** Counts a query, and tells whether it is within the limit. */
  boolean accepts(InetAddress source, long nanoTime) {
    if (nanoTime - began >= SECOND) {
      Arrays.fill(counts, 0);
      began = nanoTime;
    }
    return ++counts[slot(source.getAddress())] <= perSecond;
  }

  private int slot(byte[] address) {
    int hash = seed;
    int network = address.length == 4 ? NETWORK_V4 : NETWORK_V6;
    for (int i = 0; i < network; i++) {
      hash = (hash ^ (address[i] & 0xff)) * 0x01000193;
    }
    hash ^= hash >>> 15;
    return hash & (SLOTS - 1);
  }
}
