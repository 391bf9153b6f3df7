package io.holdfast.registry.internal.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.StatusOverride;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The stored form of a {@link ServiceInstance}.
 *
 * <p>Read as a tree, field by field: nothing in the text can name a class to be made.
 */
public final class InstanceJson {

  private static final int LARGEST = 256 * 1024;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(16)
                      .maxDocumentLength(LARGEST)
                      .build())
              .build());

  private InstanceJson() {}

  /** Thrown for a payload that is not the stored form of an instance; the message says why. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedException(String message) {
      super(message);
    }
  }

  public static ObjectNode newTree() {
    return JSON.createObjectNode();
  }

  public static byte[] bytes(ObjectNode tree) {
    try {
      return JSON.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers can always be written", e);
    }
  }

  public static JsonNode tree(byte[] text) throws MalformedException {
    return tree(JSON, text);
  }

  /** The object that {@code text} holds. */
  public static JsonNode tree(ObjectMapper mapper, byte[] text) throws MalformedException {
    try {
      JsonNode tree = mapper.readTree(text);
      if (!tree.isObject()) {
        throw new MalformedException("not a JSON object");
      }
      return tree;
    } catch (JsonProcessingException e) {
      // Without the excerpt of the input that Jackson would add.
      throw new MalformedException("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedException("cannot be read: " + e.getMessage());
    }
  }

  public static Payload encode(ServiceInstance instance) {
    ObjectNode tree = newTree();
    write(instance, tree);
    return Payload.of(bytes(tree));
  }

  public static void write(ServiceInstance instance, ObjectNode tree) {
    tree.put("service", instance.service());
    tree.put("id", instance.id());
    tree.put("host", instance.host());
    ObjectNode ports = tree.putObject("ports");
    instance.ports().forEach(ports::put);
    tree.put("status", instance.status().name());
    tree.put("weight", instance.weight());
    tree.put("region", instance.region());
    tree.put("zone", instance.zone());
    tree.put("version", instance.version());
    instance.tags().forEach(tree.putArray("tags")::add);
    ObjectNode metadata = tree.putObject("metadata");
    instance.metadata().forEach(metadata::put);
  }

  static ServiceInstance decode(Payload payload) throws MalformedException {
    return read(tree(payload.bytes()));
  }

  public static ServiceInstance read(JsonNode tree) throws MalformedException {
    try {
      return new ServiceInstance(
          text(tree, "service"),
          text(tree, "id"),
          text(tree, "host"),
          ports(tree.path("ports")),
          status(tree.path("status")),
          tree.hasNonNull("weight")
              ? integer(tree.get("weight"), "weight")
              : ServiceInstance.ORDINARY_WEIGHT,
          tree.path("region").asText(""),
          tree.path("zone").asText(""),
          tree.path("version").asText(""),
          tags(tree.path("tags")),
          metadata(tree.path("metadata")));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  public static String text(JsonNode tree, String field) throws MalformedException {
    JsonNode node = tree.path(field);
    if (!node.isTextual()) {
      throw new MalformedException("no text in the field '" + field + "'");
    }
    return node.textValue();
  }

  private static int integer(JsonNode node, String field) throws MalformedException {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new MalformedException("no whole number in '" + field + "'");
    }
    return node.intValue();
  }

  /** UP where there is none; one that a later version may have invented takes no requests. */
  static InstanceStatus status(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return InstanceStatus.UP;
    }
    for (InstanceStatus status : InstanceStatus.values()) {
      if (status.name().equals(node.textValue())) {
        return status;
      }
    }
    return InstanceStatus.OUT_OF_SERVICE;
  }

  private static Map<String, Integer> ports(JsonNode node) throws MalformedException {
    Map<String, Integer> ports = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      ports.put(field.getKey(), integer(field.getValue(), "ports." + field.getKey()));
    }
    return ports;
  }

  private static Set<String> tags(JsonNode node) {
    Set<String> tags = new TreeSet<>();
    node.forEach(tag -> tags.add(tag.asText()));
    return tags;
  }

  private static Map<String, String> metadata(JsonNode node) {
    Map<String, String> metadata = new TreeMap<>();
    node.properties().forEach(field -> metadata.put(field.getKey(), field.getValue().asText()));
    return metadata;
  }

  public static void write(StatusOverride override, ObjectNode tree) {
    tree.put("status", override.status().name());
    tree.put("by", override.by());
    tree.put("why", override.why());
    tree.put("at", override.at().toEpochMilli());
  }

  public static StatusOverride readOverride(JsonNode tree) throws MalformedException {
    try {
      return new StatusOverride(
          status(tree.path("status")),
          text(tree, "by"),
          tree.path("why").asText(""),
          Instant.ofEpochMilli(tree.path("at").asLong()));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }
}
