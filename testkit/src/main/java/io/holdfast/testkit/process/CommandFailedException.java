package io.holdfast.testkit.process;

import java.io.IOException;

/** A command could not be run, took too long or ended with an error. */
public final class CommandFailedException extends IOException {

  private static final long serialVersionUID = 1;

  /** What failed, and what it said. */
  public CommandFailedException(String message) {
    super(message);
  }
}
