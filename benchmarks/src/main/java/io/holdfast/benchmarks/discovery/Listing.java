package io.holdfast.benchmarks.discovery;

/** Registered instances of one service, and a client that keeps a list of them to pick from. */
interface Listing extends AutoCloseable {

  /** Has an instance say something new; may return before or after the cluster has taken it. */
  void change(int number, String version) throws Exception;

  /** What the client's list says of an instance now; empty if it is not in there. */
  String shownVersion(int number);

  @Override
  void close() throws Exception;
}
