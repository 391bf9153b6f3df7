package io.holdfast.benchmarks.discovery;

/** A {@link Listing} of many instances that live in one process by one session. */
interface Fleet extends Listing {

  /** How many instances. */
  int SIZE = 1_000;

  /** How many the client's list holds now. */
  int shown();

  /** Has the cluster end the session that the instances live by. */
  void loseSession() throws Exception;

  /** True once the client's list holds every instance as it was registered after the loss. */
  boolean isBack();
}
