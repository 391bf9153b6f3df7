package io.holdfast.benchmarks.commit;

/** One way to move money from the first database to the second. Used by many threads at once. */
interface Mover extends AutoCloseable {

  /**
   * Moves one unit.
   *
   * @throws Exception unless it is certain that it is committed
   */
  void move(int from, int to) throws Exception;

  @Override
  void close() throws Exception;
}
