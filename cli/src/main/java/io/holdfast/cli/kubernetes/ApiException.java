package io.holdfast.cli.kubernetes;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API server did not do what it was asked, or what it says cannot be used. */
final class ApiException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;
  private static final int FAULT = 500;
  private static final int TIME_OUT = 408;
  private static final int UNAUTHORIZED = 401;
  private static final int GONE = 410;
  private static final int NOT_FOUND = 404;
  private static final int UNPROCESSABLE = 422;

  private final int status;
  private final @Nullable Duration retryAfter;

  /**
   * An answer that is none of success.
   *
   * @param status of HTTP; 0 if there was no answer
   */
  ApiException(int status, @Nullable String message, Optional<Duration> retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter.orElse(null);
  }

  /** What stays wrong until somebody mends it. */
  static ApiException lasting(String message) {
    return new ApiException(UNPROCESSABLE, message, Optional.empty());
  }

  /** What is to be written has been written by somebody else. */
  static ApiException conflict(@Nullable String message) {
    return new ApiException(CONFLICT, message, Optional.empty());
  }

  boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** Somebody has written meanwhile: read again, and plan anew. */
  boolean isConflict() {
    return status == CONFLICT || status == GONE;
  }

  /** True if the same request may succeed later although nobody mends anything. */
  boolean isPassing() {
    return status == 0
        || status == TOO_MANY
        || status >= FAULT
        || status == TIME_OUT
        || status == UNAUTHORIZED
        || isConflict();
  }

  /** How long the server wants to be left alone. */
  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
