package io.holdfast.loadbalancer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Draws an index in proportion to weights, in constant time and without a shared counter: Walker's
 * alias method as Vose builds it, in whole numbers.
 *
 * <p>Every column holds the same height, the total weight: up to {@link #threshold} it belongs to
 * its own index, above to its {@link #alias}.
 */
final class AliasTable {

  private final int[] alias;
  private final int[] threshold;
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
    alias = new int[size];
    threshold = new int[size];
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
      threshold[poor] = (int) left[poor];
      alias[poor] = rich;
      left[rich] -= total - left[poor];
      (left[rich] < total ? low : high).push(rich);
    }
    for (int full : high) {
      threshold[full] = height;
      alias[full] = full;
    }
  }

  /** An index, drawn with {@code dice}. */
  int draw(Dice dice) {
    int column = dice.below(alias.length);
    return dice.below(height) < threshold[column] ? column : alias[column];
  }
}
