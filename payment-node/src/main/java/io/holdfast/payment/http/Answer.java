package io.holdfast.payment.http;

import io.holdfast.payment.metrics.Outcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * What to send back.
 *
 * @param status the HTTP status; 503 is sent with Retry-After
 * @param contentType the media type
 * @param body the bytes
 * @param replay whether it is the stored answer of an earlier request
 * @param headers what is said besides
 */
record Answer(
    int status, String contentType, Buffer body, Replay replay, Map<String, String> headers) {

  /** Says that the same request may go otherwise then. */
  static final String RETRY_AFTER = "Retry-After";

  private static final String RETRY_AFTER_SECONDS = "1";

  enum Replay {
    FIRST,
    REPLAYED
  }

  Answer(int status, String contentType, Buffer body, Replay replay) {
    this(status, contentType, body, replay, Map.of());
  }

  static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", body.toBuffer(), Replay.FIRST);
  }

  static Answer json(int status, String body) {
    return new Answer(status, "application/json", Buffer.buffer(body), Replay.FIRST);
  }

  static Answer text(String mediaType, String body) {
    return new Answer(200, mediaType, Buffer.buffer(body), Replay.FIRST);
  }

  /** What it says to a client. */
  Outcome outcome() {
    if (isRetryLater()) {
      return Outcome.IN_FLIGHT;
    }
    return switch (status) {
      case 429 -> Outcome.SATURATED;
      case 503 ->
          Set.of(Problem.SATURATED, Problem.EXPIRED)
                  .contains(body.toJsonObject().getString("code", ""))
              ? Outcome.SATURATED
              : Outcome.UNAVAILABLE;
      case 500, 502, 504 -> Outcome.UNKNOWN;
      default ->
          replay == Replay.REPLAYED
              ? Outcome.REPLAYED
              : status < 300 ? Outcome.DONE : Outcome.REFUSED;
    };
  }

  /** Nothing was done, since the same is under way. */
  boolean isRetryLater() {
    return status == 409 && headers.containsKey(RETRY_AFTER);
  }

  void send(HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader("Content-Type", contentType);
    headers.forEach(response::putHeader);
    if (status == 503 && !headers.containsKey(RETRY_AFTER)) {
      response.putHeader(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    if (replay == Replay.REPLAYED) {
      response.putHeader(Headers.REPLAYED, "true");
    }
    response.end(body);
  }
}
