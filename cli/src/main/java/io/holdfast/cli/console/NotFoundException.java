package io.holdfast.cli.console;

/** What was asked for is not there. */
public final class NotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What is missing, and where it was looked for. */
  public NotFoundException(String message) {
    super(message);
  }
}
