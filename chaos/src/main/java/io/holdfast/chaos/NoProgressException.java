package io.holdfast.chaos;

/** Clients did not get on in time; what they were at is in their logs. */
public final class NoProgressException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NoProgressException(String message) {
    super(message);
  }
}
