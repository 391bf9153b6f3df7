package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.internal.endpoint.TrackedEndpoint;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;

/**
 * Maglev's lookup table (Eisenbud and others, NSDI 2016): each endpoint has a permutation of the
 * slots, and they take turns in claiming the next free one of theirs, until all are taken. Even to
 * within one slot among equal weights; a change moves few keys more than it must.
 *
 * <p>Weights are as in Envoy: an endpoint misses turns so that it has its share of them. The
 * permutation comes from two XXH64 of the id, so all processes build the same table of the same
 * instances.
 */
public final class MaglevTable implements Keyspace {

  /** The size that the paper recommends for up to some hundreds of endpoints. */
  public static final int SIZE = 65_537;

  private static final int LARGEST = 5_000_011;
  private static final long OFFSET_SEED = 0x6f66667365740000L;
  private static final long SKIP_SEED = 0x736b697000000000L;
  private static final int FREE = -1;

  private final int[] owners;

  public MaglevTable(TrackedEndpoint[] endpoints, int size) {
    owners = new int[size];
    Arrays.fill(owners, FREE);
    int heaviest = Arrays.stream(endpoints).mapToInt(TrackedEndpoint::weight).max().orElseThrow();
    Claimant[] claimants = new Claimant[endpoints.length];
    for (int i = 0; i < claimants.length; i++) {
      claimants[i] = new Claimant(i, endpoints[i], heaviest, size);
    }
    if (Arrays.stream(endpoints).allMatch(endpoint -> endpoint.weight() == heaviest)) {
      for (int taken = 0; taken < size; taken++) {
        claim(claimants[taken % claimants.length]);
      }
    } else {
      claimByWeight(claimants);
    }
  }

  private void claimByWeight(Claimant[] claimants) {
    PriorityQueue<Claimant> turns = new PriorityQueue<>(Claimant.ORDER);
    turns.addAll(Arrays.asList(claimants));
    for (int taken = 0; taken < owners.length; taken++) {
      Claimant next = Objects.requireNonNull(turns.poll(), "at least one endpoint");
      claim(next);
      turns.add(next);
    }
  }

  /**
   * An endpoint on its walk through its permutation. In each round it earns its weight, and claims
   * a slot for every {@code heaviest} that it has earned: so its nth claim is in round {@code
   * ceil(n * heaviest / weight)}, and rounds without a claim need not be looked at.
   */
  private static final class Claimant {

    static final Comparator<Claimant> ORDER =
        Comparator.<Claimant>comparingLong(one -> one.round).thenComparingInt(one -> one.index);

    final int index;
    final int skip;
    int slot;
    private final int weight;
    private final long heaviest;
    private long claims;
    private long round;

    Claimant(int index, TrackedEndpoint endpoint, int heaviest, int size) {
      this.index = index;
      this.weight = endpoint.weight();
      this.heaviest = heaviest;
      slot = (int) Long.remainderUnsigned(XxHash64.of(endpoint.id(), OFFSET_SEED), size);
      skip = 1 + (int) Long.remainderUnsigned(XxHash64.of(endpoint.id(), SKIP_SEED), size - 1);
      advance();
    }

    void advance() {
      claims++;
      round = (claims * heaviest + weight - 1) / weight;
    }
  }

  private void claim(Claimant one) {
    while (owners[one.slot] != FREE) {
      one.slot = after(one.slot, one.skip);
    }
    owners[one.slot] = one.index;
    one.slot = after(one.slot, one.skip);
    one.advance();
  }

  private int after(int slot, int skip) {
    int sum = slot + skip;
    return sum >= owners.length ? sum - owners.length : sum;
  }

  /** Checks a size that a user gave. */
  public static int checked(int size) {
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
    return RandomSource.high(hash, owners.length);
  }

  @Override
  public int owner(int slot) {
    return owners[slot];
  }
}
