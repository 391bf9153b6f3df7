package io.holdfast.registry.lease;

/** Another process has the instance registered by a session of its own. */
public final class TakenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TakenException(String message) {
    super(message);
  }
}
