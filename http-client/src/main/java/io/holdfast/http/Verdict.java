package io.holdfast.http;

import java.net.http.HttpResponse;

/** What a response says of the instance that gave it. */
public enum Verdict {
  /** It did its work, though the answer may be a refusal: the caller has what it asked for. */
  ANSWERED,
  /** It could not do its work, and what became of the request is not known. */
  FAILED,
  /** It did nothing, and another instance may. */
  REFUSED;

  /** How responses are judged. */
  @FunctionalInterface
  public interface Judge {
    /** By the status, for example. Called in a thread of the HTTP client: does not block. */
    Verdict of(HttpResponse<?> response);
  }

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int SERVER_ERRORS = 500;

  /**
   * 429 and 503 are REFUSED, other server errors (5xx) FAILED, all else ANSWERED. Behind a gateway
   * that says 503 of its own accord after it has passed a request on, use a judge that takes 503
   * for FAILED.
   */
  public static Verdict byStatus(HttpResponse<?> response) {
    int status = response.statusCode();
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      return REFUSED;
    }
    return status >= SERVER_ERRORS ? FAILED : ANSWERED;
  }
}
