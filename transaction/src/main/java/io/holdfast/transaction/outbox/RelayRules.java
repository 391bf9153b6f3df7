package io.holdfast.transaction.outbox;

/**
 * What the promises of a relay hang on, rule by rule. Tests break one at a time and see that it is
 * noticed.
 */
class RelayRules {

  static final RelayRules SOUND = new RelayRules();

  /**
   * Where a pass begins: before all positions, whatever was delivered already, for a transaction
   * may commit after others whose positions are greater.
   *
   * @param delivered the greatest position that was delivered
   */
  long start(long delivered) {
    return 0;
  }

  /** Nothing of a key is delivered while one before it is not. */
  boolean holdsBack() {
    return true;
  }

  /** A message that may not have arrived is delivered again. */
  Delivery judged(Delivery answer) {
    return answer;
  }
}
