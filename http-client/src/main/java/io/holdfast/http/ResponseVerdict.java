package io.holdfast.http;

import java.net.http.HttpResponse;

/** What a response says of the instance that gave it. */
public enum ResponseVerdict {
  /** It did its work, though the answer may be a refusal: the caller has what it asked for. */
  ANSWERED,
  /**
   * It is in order, and says that the request should come again: another is at work under its key,
   * for example. What became of the request is not known. It is sent again, as after {@link
   * #FAILED}, and nothing is held against the instance.
   */
  LATER,
  /** It could not do its work, and what became of the request is not known. */
  FAILED,
  /** It certainly did nothing, and another instance may. */
  REFUSED;

  /** How responses are judged. */
  @FunctionalInterface
  public interface Judge {
    /**
     * By the status, for example. Called in a thread of the HTTP client: does not block. If it
     * throws, what became of the try is unknown.
     */
    ResponseVerdict of(HttpResponse<?> response);
  }

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  /**
   * 429 is REFUSED, all server errors (5xx) are FAILED, all else is ANSWERED.
   *
   * <p>A 503 is no proof: a gateway says it after it has passed a request on, and a service may say
   * it when it has done half of the work. For a service that says 503 only before it begins, use a
   * judge of your own that takes it for REFUSED; and one that takes 429 for FAILED, for a service
   * that passes on the 429 of another.
   */
  public static ResponseVerdict byStatus(HttpResponse<?> response) {
    int status = response.statusCode();
    if (status == TOO_MANY_REQUESTS) {
      return REFUSED;
    }
    return status >= SERVER_ERRORS ? FAILED : ANSWERED;
  }
}
