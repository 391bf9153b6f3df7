package io.holdfast.transaction.xa;

/**
 * How a resource is used.
 *
 * @param threads so many branches are worked on at a time; each needs a connection, which it keeps
 *     until it has ended
 * @param waiting so many more may wait for a thread; any beyond refuse at once
 */
public record XaOptions(int threads, int waiting) {

  /** 32 threads, 1,000 waiting. */
  public static XaOptions defaults() {
    return new XaOptions(32, 1_000);
  }

  public XaOptions {
    if (threads < 1 || waiting < 1) {
      throw new IllegalArgumentException("both are positive");
    }
  }

  /** With another number of threads. */
  public XaOptions withThreads(int other) {
    return new XaOptions(other, waiting);
  }
}
