package io.holdfast.chaos.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A history as lines of JSON, version {@value #VERSION}.
 *
 * <pre>
 * {"history":1,"about":{"seed":"7","backend":"etcd"}}
 * {"type":"invoke","id":"c1-1","nanos":12,"process":"c1","key":"lock/a","action":"acquire","values":{…}}
 * {"type":"ok","id":"c1-1","nanos":90,"values":{…}}
 * </pre>
 *
 * <p>The first line says what it is; each further one is an event, in any order. An end names its
 * operation by {@code id} alone. Unknown fields are passed over. A last line that breaks off is
 * what a killed writer leaves, and is passed over too.
 */
final class HistoryFormat {

  static final int VERSION = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  private HistoryFormat() {}

  static String header(Map<String, String> about) {
    ObjectNode line = JSON.createObjectNode().put("history", VERSION);
    line.set("about", JSON.valueToTree(about));
    return line.toString();
  }

  static String line(Event event) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("type", event.type().name().toLowerCase(Locale.ROOT))
            .put("id", event.id())
            .put("nanos", event.nanos());
    if (event.type() == Event.Type.INVOKE) {
      line.put("process", event.process()).put("key", event.key()).put("action", event.action());
    }
    if (!event.values().isEmpty()) {
      line.set("values", JSON.valueToTree(event.values()));
    }
    return line.toString();
  }

  /** What the first line says the run was. */
  static Map<String, String> about(String line) {
    JsonNode header;
    try {
      header = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new HistoryFormatException("line 1 is not JSON: is this a history?", e);
    }
    if (!header.path("history").isInt()) {
      throw new HistoryFormatException("line 1 has no \"history\": is this a history?");
    }
    if (header.path("history").asInt() != VERSION) {
      throw new HistoryFormatException(
          "a history of version %s; this program reads version %d"
              .formatted(header.path("history"), VERSION));
    }
    return strings(header.path("about"));
  }

  /** An event; the process, key and action of an end are empty. */
  static Event event(String line) throws JsonProcessingException {
    JsonNode event = JSON.readTree(line);
    String type = text(event, "type").toUpperCase(Locale.ROOT);
    if (!event.path("nanos").isIntegralNumber()) {
      throw new HistoryFormatException("no time in nanoseconds");
    }
    boolean invoke = type.equals(Event.Type.INVOKE.name());
    try {
      return new Event(
          Event.Type.valueOf(type),
          text(event, "id"),
          event.path("nanos").asLong(),
          invoke ? text(event, "process") : "",
          invoke ? text(event, "key") : "",
          invoke ? text(event, "action") : "",
          strings(event.path("values")));
    } catch (HistoryFormatException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new HistoryFormatException("no such type of event: " + type, e);
    }
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isTextual()) {
      throw new HistoryFormatException("no " + name);
    }
    return value.asText();
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> strings = new LinkedHashMap<>();
    node.properties().forEach(field -> strings.put(field.getKey(), field.getValue().asText()));
    return strings;
  }
}
