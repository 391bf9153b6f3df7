package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** How an answer is written. */
enum Format {
  JSON("application/json") {
    @Override
    byte[] write(JsonNode tree) {
      return EurekaJson.write(tree);
    }
  },
  XML("application/xml") {
    @Override
    byte[] write(JsonNode tree) {
      return EurekaXml.write(tree);
    }
  };

  private final String mediaType;

  Format(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  abstract byte[] write(JsonNode tree);

  /** As Eureka chooses: XML unless JSON is asked for. */
  static Format wantedBy(@Nullable String accept) {
    return accept != null && accept.contains("json") ? JSON : XML;
  }
}
