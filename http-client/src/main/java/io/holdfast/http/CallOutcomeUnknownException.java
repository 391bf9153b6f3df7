package io.holdfast.http;

import org.jspecify.annotations.Nullable;

/**
 * The call may have had its effect or not: it was sent, and no response came. That is not a
 * failure: ask for the outcome, or ask again under the same idempotency key.
 */
public final class CallOutcomeUnknownException extends HttpCallException {

  private static final long serialVersionUID = 1;

  CallOutcomeUnknownException(String message, int tries, @Nullable Throwable cause) {
    super(message, tries, cause);
  }
}
