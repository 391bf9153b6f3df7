package io.holdfast.cli.render;

import java.io.IOException;

/** A program took too long or ended with an error. */
final class ProcessFailedException extends IOException {

  private static final long serialVersionUID = 1;

  ProcessFailedException(String message) {
    super(message);
  }
}
