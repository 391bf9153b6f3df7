package io.holdfast.loadbalancer;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Maglev's lookup table (Eisenbud and others, NSDI 2016): each endpoint has a permutation of the
 * slots, and they take turns in claiming the next free one of theirs, until all are taken. Even to
 * within one slot among equal weights; a change moves few keys more than it must.
 *
 * <p>Weights are as in Envoy: an endpoint misses turns so that it has its share of them. The
 * permutation comes from two XXH64 of the id, so all processes build the same table of the same
 * instances.
 */
final class MaglevTable implements Keyspace {

  /** The size that the paper recommends for up to some hundreds of endpoints. */
  static final int SIZE = 65_537;

  private static final int LARGEST = 5_000_011;
  private static final long OFFSET_SEED = 0x6f66667365740000L;
  private static final long SKIP_SEED = 0x736b697000000000L;
  private static final int FREE = -1;

  private final int[] owners;

  MaglevTable(Endpoint[] endpoints, int size) {
    owners = new int[size];
    Arrays.fill(owners, FREE);
    int count = endpoints.length;
    int[] next = new int[count];
    int[] skip = new int[count];
    int heaviest = 0;
    for (int i = 0; i < count; i++) {
      next[i] = (int) Long.remainderUnsigned(XxHash64.of(endpoints[i].id(), OFFSET_SEED), size);
      skip[i] =
          1 + (int) Long.remainderUnsigned(XxHash64.of(endpoints[i].id(), SKIP_SEED), size - 1);
      heaviest = Math.max(heaviest, endpoints[i].weight());
    }
    long[] earned = new long[count];
    int taken = 0;
    while (true) {
      for (int i = 0; i < count; i++) {
        earned[i] += endpoints[i].weight();
        if (earned[i] < heaviest) {
          continue;
        }
        earned[i] -= heaviest;
        claim(i, next, skip[i]);
        if (++taken == size) {
          return;
        }
      }
    }
  }

  private void claim(int endpoint, int[] next, int skip) {
    int at = next[endpoint];
    while (owners[at] != FREE) {
      at = after(at, skip);
    }
    owners[at] = endpoint;
    next[endpoint] = after(at, skip);
  }

  private int after(int slot, int skip) {
    int sum = slot + skip;
    return sum >= owners.length ? sum - owners.length : sum;
  }

  /** Checks a size that a user gave. */
  static int checked(int size) {
    if (size < 2 || size > LARGEST || !BigInteger.valueOf(size).isProbablePrime(50)) {
      throw new IllegalArgumentException(
          "a table's size is a prime of at most " + LARGEST + ": " + size);
    }
    return size;
  }

  @Override
  public int slots() {
    return owners.length;
  }

  @Override
  public int slot(long hash) {
    return Dice.high(hash, owners.length);
  }

  @Override
  public int owner(int slot) {
    return owners[slot];
  }
}
