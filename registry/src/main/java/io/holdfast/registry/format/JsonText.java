package io.holdfast.registry.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.MalformedInstanceException;
import java.io.IOException;

/** Foreign JSON, bounded, and read as a tree only: nothing in it can name a class to be made. */
final class JsonText {

  private static final int LARGEST = 256 * 1024;
  private static final int DEEPEST = 32;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEEPEST)
                      .maxDocumentLength(LARGEST)
                      .build())
              .build());

  private JsonText() {}

  static ObjectNode newObject() {
    return JSON.createObjectNode();
  }

  static Payload write(ObjectNode tree) {
    try {
      return Payload.of(JSON.writeValueAsBytes(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers can always be written", e);
    }
  }

  /** The object that the payload holds. */
  static JsonNode read(Payload payload) throws MalformedInstanceException {
    try {
      JsonNode tree = JSON.readTree(payload.bytes());
      if (!tree.isObject()) {
        throw new MalformedInstanceException("not a JSON object");
      }
      return tree;
    } catch (JsonProcessingException e) {
      // Without the excerpt of the input that Jackson would add.
      throw new MalformedInstanceException("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedInstanceException("cannot be read: " + e.getMessage());
    }
  }

  /** The text in a field. */
  static String text(JsonNode tree, String field) throws MalformedInstanceException {
    JsonNode node = tree.path(field);
    if (!node.isTextual()) {
      throw new MalformedInstanceException("no text in the field '" + field + "'");
    }
    return node.textValue();
  }
}
