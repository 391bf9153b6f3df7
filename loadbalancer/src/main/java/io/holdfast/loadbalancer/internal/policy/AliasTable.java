package io.holdfast.loadbalancer.internal.policy;

import io.holdfast.loadbalancer.RandomSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Draws an index in proportion to weights, in constant time and without a shared counter: Walker's
 * alias method as Vose builds it, in whole numbers.
 *
 * <p>Every column has the height 2^32: below a threshold it belongs to its own index, from there on
 * to its alias. So one number of 64 random bits does, its upper half for the column and its lower
 * half for the height, without scaling. A threshold is rounded down, which no weight feels by more
 * than one part in 2^32.
 */
final class AliasTable {

  private static final long LOWER_HALF = 0xFFFF_FFFFL;

  /** For each column the threshold in the upper half, the alias in the lower. */
  private final long[] columns;

  /**
   * A table for these weights.
   *
   * @param weights at least one, each positive, all together within the int range
   */
  AliasTable(int[] weights) {
    int size = weights.length;
    int total = Math.toIntExact(Arrays.stream(weights).asLongStream().sum());
    columns = new long[size];
    long[] left = new long[size];
    Deque<Integer> low = new ArrayDeque<>();
    Deque<Integer> high = new ArrayDeque<>();
    for (int i = 0; i < size; i++) {
      left[i] = (long) weights[i] * size;
      (left[i] < total ? low : high).push(i);
    }
    while (!low.isEmpty() && !high.isEmpty()) {
      int poor = low.pop();
      int rich = high.pop();
      columns[poor] = (((left[poor] << 32) / total) << 32) | rich;
      left[rich] -= total - left[poor];
      (left[rich] < total ? low : high).push(rich);
    }
    for (int full : high) {
      columns[full] = full; // its own alias, so that no threshold is needed
    }
  }

  /** An index, chosen by 64 random bits. */
  int at(long bits) {
    int column = RandomSource.high(bits, columns.length);
    long entry = columns[column];
    return Choice.either(column, (int) entry, (entry >>> 32) - 1 - (bits & LOWER_HALF));
  }
}
