package io.holdfast.payment.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as RFC 8259 has it, and each name at most once: with two amounts in one object nobody
 * can say which of them was meant. No comments, which Vert.x would allow.
 */
final class StrictJson {

  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private StrictJson() {}

  /**
   * Reads one object and nothing after it.
   *
   * @throws IllegalArgumentException if it is anything else, saying so without quoting it
   */
  static JsonObject object(@Nullable Buffer body) {
    try {
      byte[] bytes = body == null ? new byte[0] : body.getBytes();
      if (JacksonCodec.fromParser(STRICT.createParser(bytes), Object.class)
          instanceof JsonObject object) {
        return object;
      }
    } catch (DecodeException | IOException e) {
      throw new IllegalArgumentException(
          e.getMessage() != null && e.getMessage().contains("Duplicate field")
              ? "the body names a field twice"
              : "the body must be a JSON object",
          e);
    }
    throw new IllegalArgumentException("the body must be a JSON object");
  }
}
