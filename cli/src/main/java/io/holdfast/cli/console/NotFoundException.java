package io.holdfast.cli.console;

/** Something that the command names does not exist. */
public final class NotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What is missing, and where it was looked for. */
  public NotFoundException(String message) {
    super(message);
  }
}
