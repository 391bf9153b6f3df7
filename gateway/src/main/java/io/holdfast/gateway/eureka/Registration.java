package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a client of Eureka says of its instance, checked: the instance in our form, and the rest in
 * a note beside it, so that every gateway can give it back.
 *
 * @param instance its service is the application's name in lower case
 * @param ttl its {@code durationInSecs}
 * @param notes the rest, under {@link #NOTE}
 */
record Registration(ServiceInstance instance, Duration ttl, Map<String, String> notes) {

  /** The key of the note. */
  static final String NOTE = Lease.RESERVED + "eureka";

  /** The name that the secure port has here. */
  static final String HTTPS = "https";

  static final List<String> URLS =
      List.of("homePageUrl", "statusPageUrl", "healthCheckUrl", "secureHealthCheckUrl");

  private static final List<String> TEXTS =
      List.of(
          "instanceId",
          "ipAddr",
          "sid",
          "vipAddress",
          "secureVipAddress",
          "isCoordinatingDiscoveryServer",
          "asgName",
          "appGroupName");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final int DURATION_SECONDS = 90;
  private static final int RENEWAL_SECONDS = 30;
  private static final int HIGHEST_PORT = 65_535;
  private static final int LONGEST_TEXT = 1_024;
  private static final int LONGEST_NOTE = 4_096;
  private static final int MOST_METADATA = 50;
  private static final int HASH_DIGITS = 32;

  /**
   * Reads what a client sends.
   *
   * @param application in the path, by which it must call itself
   * @param tree the member {@code instance} of the body
   * @param now in milliseconds since 1970
   * @throws IllegalArgumentException if it is not as Eureka wants it, or too large
   */
  static Registration read(String application, JsonNode tree, long now) {
    String id = required(tree, "instanceId", "Missing instanceId");
    String host = required(tree, "hostName", "Missing hostname");
    required(tree, "ipAddr", "Missing ip address");
    String app = required(tree, "app", "Missing appName");
    if (!app.equalsIgnoreCase(application)) {
      throw new IllegalArgumentException("Mismatched appName");
    }
    if (!tree.path("dataCenterInfo").isObject()) {
      throw new IllegalArgumentException("Missing dataCenterInfo");
    }
    if (tree.path("dataCenterInfo").path("name").asText("").isEmpty()) {
      throw new IllegalArgumentException("Missing dataCenterInfo Name");
    }
    EurekaStatus status =
        EurekaStatus.parse(tree.path("status").asText("UP")).orElse(EurekaStatus.UNKNOWN);
    ObjectNode note = note(tree, status, now);
    ServiceInstance instance =
        ServiceInstance.of(service(app), id(id), host)
            .withStatus(status.ours())
            .withZone(zone(tree.path("metadata")))
            .withMetadata(metadata(tree.path("metadata"), note));
    instance = withPort(instance, ServiceInstance.HTTP, tree, "port", note);
    instance = withPort(instance, HTTPS, tree, "securePort", note);
    String text = new String(EurekaJson.write(note), StandardCharsets.UTF_8);
    if (text.length() > LONGEST_NOTE) {
      throw new IllegalArgumentException("the instance is described at too great length");
    }
    JsonNode lease = tree.path("leaseInfo");
    Duration ttl = Duration.ofSeconds(lease.path("durationInSecs").asInt(DURATION_SECONDS));
    return new Registration(instance, ttl, Map.of(NOTE, text));
  }

  /** The service of an application. */
  static String service(String application) {
    String name = application.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an application is a letter or digit, then up to 127 of A-Z 0-9 . _ -");
    }
    return name;
  }

  /** The id here: the client's own, or one made of it if that has other characters. */
  static String id(String instanceId) {
    if (ID.matcher(instanceId).matches()) {
      return instanceId;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(instanceId.getBytes(StandardCharsets.UTF_8));
      return "eureka:" + HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Whether an instance was registered through this door. */
  static boolean isOf(ServiceInstance instance) {
    return instance.metadata().containsKey(NOTE);
  }

  /** What is noted of an instance; a missing node if it was not registered through this door. */
  static JsonNode note(ServiceInstance instance) {
    return instance
        .metadata(NOTE)
        .map(text -> EurekaJson.read(text.getBytes(StandardCharsets.UTF_8)))
        .orElseGet(MissingNode::getInstance);
  }

  /** What is noted of this one. */
  JsonNode note() {
    return EurekaJson.read(notes.getOrDefault(NOTE, "{}").getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode note(JsonNode tree, EurekaStatus status, long now) {
    ObjectNode note = EurekaJson.object();
    for (String field : TEXTS) {
      copyText(tree, note, field);
    }
    URLS.forEach(field -> copyText(tree, note, field));
    long dirty = tree.path("lastDirtyTimestamp").asLong(now);
    note.put("lastDirtyTimestamp", Long.toString(dirty));
    note.put("countryId", tree.path("countryId").asInt(1));
    note.put(
        "renewal", tree.path("leaseInfo").path("renewalIntervalInSecs").asInt(RENEWAL_SECONDS));
    note.put("registered", now);
    if (status == EurekaStatus.UP) {
      note.put("up", now);
    } else {
      note.put("up", 0);
    }
    if (tree.path("dataCenterInfo").path("name").asText().equals("Amazon")) {
      note.set("dataCenterInfo", dataCenter(tree.path("dataCenterInfo")));
    }
    return note;
  }

  /** Of all that a data centre may be called, clients get one of two classes to read. */
  static ObjectNode dataCenter(JsonNode given) {
    ObjectNode tree = EurekaJson.object();
    if (!given.path("name").asText().equals("Amazon")) {
      return tree.put("@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo")
          .put("name", "MyOwn");
    }
    tree.put("@class", "com.netflix.appinfo.AmazonInfo").put("name", "Amazon");
    ObjectNode metadata = tree.putObject("metadata");
    given
        .path("metadata")
        .properties()
        .forEach(
            one -> {
              if (one.getValue().isTextual() && !one.getKey().startsWith("@")) {
                metadata.set(one.getKey(), one.getValue());
              }
            });
    return tree;
  }

  private static ServiceInstance withPort(
      ServiceInstance instance, String name, JsonNode tree, String field, ObjectNode note) {
    JsonNode port = tree.path(field);
    OptionalInt number = number(port.isObject() ? port.path("$") : port);
    if (number.isEmpty()) {
      return instance;
    }
    if (port.isObject() && !port.path("@enabled").asText("true").equalsIgnoreCase("true")) {
      note.put(field, number.getAsInt());
      return instance;
    }
    return instance.withPort(name, number.getAsInt());
  }

  private static OptionalInt number(JsonNode node) {
    int number = node.asInt(0);
    if (number < 0 || number > HIGHEST_PORT) {
      throw new IllegalArgumentException("a port is 1 to " + HIGHEST_PORT);
    }
    return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private static String zone(JsonNode metadata) {
    String zone = metadata.path("zone").asText("");
    return NAME.matcher(zone).matches() ? zone : "";
  }

  /** What has no place among our metadata is noted for the clients of Eureka. */
  private static Map<String, String> metadata(JsonNode given, ObjectNode note) {
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> one : given.properties()) {
      String key = one.getKey();
      if (!one.getValue().isValueNode() || key.startsWith("@")) {
        continue;
      }
      String value = one.getValue().asText();
      if (NAME.matcher(key).matches()
          && !key.startsWith(Lease.RESERVED)
          && metadata.size() < MOST_METADATA
          && value.length() <= LONGEST_TEXT) {
        metadata.put(key, value);
      } else {
        note.withObject("/metadata").put(key, value);
      }
    }
    return metadata;
  }

  private static void copyText(JsonNode from, ObjectNode to, String field) {
    JsonNode value = from.path(field);
    if (value.isValueNode() && !value.isNull()) {
      to.put(field, bounded(field, value.asText()));
    }
  }

  private static String required(JsonNode tree, String field, String otherwise) {
    String text = tree.path(field).asText("");
    if (text.isBlank()) {
      throw new IllegalArgumentException(otherwise);
    }
    return bounded(field, text);
  }

  private static String bounded(String field, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(field + " has at most " + LONGEST_TEXT + " characters");
    }
    return text;
  }
}
