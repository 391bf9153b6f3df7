package io.holdfast.testkit.chaos;

/** Clients did not get on in time; what they were at is in their logs. */
public final class StuckException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StuckException(String message) {
    super(message);
  }
}
