package io.holdfast.http;

import org.jspecify.annotations.Nullable;

/**
 * No instance was reached, or there was none: the call certainly had no effect. Whoever asks again
 * later asks for the first time.
 */
public final class NotSentException extends HttpCallException {

  private static final long serialVersionUID = 1;

  NotSentException(String message, int tries, @Nullable Throwable cause) {
    super(message, tries, cause);
  }
}
