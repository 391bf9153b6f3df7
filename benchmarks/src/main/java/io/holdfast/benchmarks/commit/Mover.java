package io.holdfast.benchmarks.commit;

/** One way to move money from the first database to the second. Used by many threads at once. */
interface Mover extends AutoCloseable {

  /**
   * Moves one unit.
   *
   * @throws Exception unless it is certain that it is committed
   */
  void move(int from, int to) throws Exception;

  /** False while something is left to be done behind that no prepared transaction shows. */
  default boolean isSettled() throws Exception {
    return true;
  }

  @Override
  void close() throws Exception;
}
