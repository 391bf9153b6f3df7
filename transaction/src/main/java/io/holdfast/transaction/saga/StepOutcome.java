package io.holdfast.transaction.saga;

import java.nio.charset.StandardCharsets;

/**
 * The final outcome of a step: a later call with the same key gets the same answer. If the outcome
 * is not certain, the stage fails, and the step is called again with its key.
 */
public sealed interface StepOutcome {

  /** As much as a result may have of characters. */
  int LONGEST_RESULT = 100_000;

  /**
   * It has taken effect.
   *
   * @param result for later steps and compensations, a reference that a service has given for
   *     instance; may be empty, at most {@value #LONGEST_RESULT} characters, and none that UTF-8 or
   *     a database cannot hold
   */
  record Done(String result) implements StepOutcome {

    /** Without a result. */
    public static final Done PLAIN = new Done("");

    public Done {
      if (result.length() > LONGEST_RESULT) {
        throw new IllegalArgumentException("a result has at most 100,000 characters");
      }
      if (result.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(result)) {
        throw new IllegalArgumentException("a result holds no NUL and no half of a surrogate pair");
      }
    }
  }

  /**
   * It has had no effect and never will have. A step forward is answered with it when it cannot be
   * done: the steps before it are compensated. A compensation should never be; the saga is parked.
   *
   * @param reason shown to operators; no secrets
   */
  record Refused(String reason) implements StepOutcome {}
}
