package io.holdfast.testkit.etcd;

import java.io.IOException;

/** A command could not be run, took too long or ended with an error. */
final class CommandFailedException extends IOException {

  private static final long serialVersionUID = 1;

  CommandFailedException(String message) {
    super(message);
  }
}
