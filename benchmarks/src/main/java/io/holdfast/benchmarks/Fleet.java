package io.holdfast.benchmarks;

/**
 * Many registered instances of one service in one process, and a client that keeps a list of them
 * to pick from.
 */
interface Fleet extends AutoCloseable {

  /** How many instances. */
  int SIZE = 1_000;

  /** Has an instance say something new; may return before or after the cluster has taken it. */
  void change(int number, String version) throws Exception;

  /** What the client's list says of an instance now; empty if it is not in there. */
  String shownVersion(int number);

  /** How many the client's list holds now. */
  int shown();

  /** Has the cluster end the session that the instances live by. */
  void loseSession() throws Exception;

  /** True once the client's list holds every instance as it was registered after the loss. */
  boolean isBack();

  @Override
  void close() throws Exception;
}
