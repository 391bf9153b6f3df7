package io.holdfast.transaction.saga;

/**
 * What the promises of sagas hang on, rule by rule. Tests break one at a time and see that it is
 * noticed.
 */
class SagaRules {

  static final SagaRules SOUND = new SagaRules();

  /** Only what has certainly had no effect may be left uncompensated. */
  boolean takesSilenceForRefusal() {
    return false;
  }

  /** A step is called as often as its bound says. */
  boolean parks() {
    return true;
  }

  /** Every call of a step is under the same key. */
  String key(Saga saga, SagaStep step) {
    return saga.id()
        + "/"
        + step.name()
        + (saga.direction() == Direction.FORWARD ? "/do" : "/undo");
  }

  /** What was done last is compensated first, and all of it. */
  int firstCompensated(int refused) {
    return refused - 1;
  }

  /** A step whose outcome is not known is not passed over, whatever the deadline says. */
  boolean turnsAtDeadline(Saga saga) {
    return !saga.called();
  }
}
