package io.holdfast.loadbalancer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Draws an index in proportion to weights, in constant time and without a shared counter: Walker's
 * alias method as Vose builds it, in whole numbers.
 *
 * <p>Every column holds the same height, the total weight: up to a threshold it belongs to its own
 * index, above to its alias.
 */
final class AliasTable {

  /** For each column the threshold in the upper half, the alias in the lower. */
  private final long[] columns;

  private final int height;

  /**
   * A table for these weights.
   *
   * @param weights at least one, each positive, all together within the int range
   */
  AliasTable(int[] weights) {
    int size = weights.length;
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    height = Math.toIntExact(total);
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
      columns[poor] = (left[poor] << 32) | rich;
      left[rich] -= total - left[poor];
      (left[rich] < total ? low : high).push(rich);
    }
    for (int full : high) {
      columns[full] = ((long) height << 32) | full;
    }
  }

  /** An index, chosen by 64 random bits. */
  int at(long bits) {
    int column = Dice.high(bits, columns.length);
    long entry = columns[column];
    return Dice.low(bits, height) < entry >>> 32 ? column : (int) entry;
  }
}
