package io.holdfast.testkit.check;

/** What came of a check. */
public sealed interface Verdict {

  /** How many operations were looked at. */
  int operations();

  /**
   * There is an order that explains everything.
   *
   * @param operations how many were looked at
   */
  record Linearizable(int operations) implements Verdict {}

  /**
   * There is no such order.
   *
   * @param operations how many were looked at
   * @param explained how many the longest attempt could put in order
   * @param why the operation at which that attempt ended, and what the state was
   */
  record Violation(int operations, int explained, String why) implements Verdict {}

  /**
   * The search was given up. Not a pass.
   *
   * @param operations how many were looked at
   * @param why which limit was met
   */
  record Unknown(int operations, String why) implements Verdict {}
}
