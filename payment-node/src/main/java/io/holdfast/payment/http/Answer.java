package io.holdfast.payment.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/**
 * What to send back.
 *
 * @param status the HTTP status; 503 is sent with Retry-After
 * @param contentType the media type
 * @param body the bytes
 * @param replay whether it is the stored answer of an earlier request
 */
record Answer(int status, String contentType, Buffer body, Replay replay) {

  private static final String RETRY_AFTER_SECONDS = "1";

  enum Replay {
    FIRST,
    REPLAYED
  }

  static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", body.toBuffer(), Replay.FIRST);
  }

  void send(HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader("Content-Type", contentType);
    if (status == 503) {
      response.putHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    if (replay == Replay.REPLAYED) {
      response.putHeader(Headers.REPLAYED, "true");
    }
    response.end(body);
  }
}
