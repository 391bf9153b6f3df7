package io.holdfast.testkit.debian;

/** A program is not on this machine and could not be fetched; the message says what to install. */
public final class ProgramNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProgramNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
