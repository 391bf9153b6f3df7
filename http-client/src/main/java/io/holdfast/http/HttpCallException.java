package io.holdfast.http;

import org.jspecify.annotations.Nullable;

/** A call had no response. Its kinds tell whether it may have had an effect. */
public abstract sealed class HttpCallException extends RuntimeException
    permits NotSentException, CallOutcomeUnknownException {

  private static final long serialVersionUID = 1;

  private final int tries;

  HttpCallException(String message, int tries, @Nullable Throwable cause) {
    super(message, cause);
    this.tries = tries;
  }

  /** How many instances were asked; 0 if there was none. */
  public int tries() {
    return tries;
  }
}
