package io.holdfast.gateway.consul;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a client registers.
 *
 * @param instance with the status that its check gives it, without a note
 * @param note what else it said
 * @param ttl how long it stays without a report of its check; the longest there is if it has none
 */
record ServiceDefinition(ServiceInstance instance, ConsulNote note, Duration ttl) {

  private static final int MOST_TAGS = 64;
  private static final int HIGHEST_WEIGHT = 100;
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
  private static final List<String> OTHER_CHECKS =
      List.of(
          "TCP",
          "UDP",
          "GRPC",
          "Args",
          "ScriptArgs",
          "Script",
          "DockerContainerID",
          "AliasNode",
          "AliasService",
          "H2PING",
          "OSService");

  /**
   * Reads the body of {@code agent/service/register}.
   *
   * @param from the client's address, for a service that names none
   * @throws BadRequestException if it says something that is not served
   * @throws IllegalArgumentException if a name or number is not as it should be
   */
  static ServiceDefinition read(byte[] body, String from) {
    JsonNode json = parse(body);
    if (!text(json, "Kind").isEmpty() || field(json, "Proxy").isObject()) {
      throw new BadRequestException("proxies of the service mesh are not served here");
    }
    String name = text(json, "Name");
    if (name.isEmpty()) {
      throw new BadRequestException("Missing service name");
    }
    String id = text(json, "ID").isEmpty() ? name : text(json, "ID");
    List<String> tags = new ArrayList<>();
    field(json, "Tags").forEach(tag -> tags.add(tag.asText()));
    String address = text(json, "Address").isEmpty() ? from : text(json, "Address");
    Optional<Ttl> check =
        check(json).map(there -> read(there, id, name, new At(address, Loopback.of(from))));
    ConsulNote note =
        new ConsulNote(
            tags,
            field(json, "EnableTagOverride").asBoolean(),
            check.map(Ttl::check),
            Optional.empty());
    ServiceInstance instance =
        ServiceInstance.of(name, id, address)
            .withTags(ours(tags))
            .withMetadata(meta(json))
            .withWeight(weight(json))
            .withStatus(note.status());
    int port = field(json, "Port").asInt();
    return new ServiceDefinition(
        port == 0 ? instance : instance.withPort(ServiceInstance.HTTP, port),
        note,
        check.map(Ttl::ttl).orElse(Lease.LONGEST));
  }

  static JsonNode parse(byte[] body) {
    try {
      JsonNode json = ConsulJson.MAPPER.readTree(body);
      if (json == null || !json.isObject()) {
        throw new BadRequestException("Request decode failed: not a JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new BadRequestException("Request decode failed: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new BadRequestException("Request decode failed");
    }
  }

  /** Consul reads names of fields in any case. */
  static JsonNode field(JsonNode json, String name) {
    JsonNode exact = json.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().replace("_", "").equalsIgnoreCase(name)) {
        return field.getValue();
      }
    }
    return json.path(name);
  }

  static String text(JsonNode json, String name) {
    JsonNode field = field(json, name);
    return field.isValueNode() && !field.isNull() ? field.asText() : "";
  }

  /** A check and how long a result of it lasts. */
  private record Ttl(ConsulNote.Check check, Duration ttl) {}

  /** Where a service is, and by which loopback its client came. */
  private record At(String address, Optional<String> local) {}

  private static Optional<JsonNode> check(JsonNode json) {
    List<JsonNode> checks = new ArrayList<>();
    if (field(json, "Check").isObject() && !field(json, "Check").isEmpty()) {
      checks.add(field(json, "Check"));
    }
    field(json, "Checks").forEach(checks::add);
    if (checks.size() > 1) {
      throw new BadRequestException("a service has one check here; report the worst of several");
    }
    return checks.stream().findFirst();
  }

  private static Ttl read(JsonNode check, String id, String service, At at) {
    for (String kind : OTHER_CHECKS) {
      if (!field(check, kind).isMissingNode()
          && !field(check, kind).isNull()
          && !text(check, kind).isEmpty()) {
        throw new BadRequestException(
            "a check by "
                + kind
                + " is not served: register one with TTL and report its result"
                + " (in Spring: spring.cloud.consul.discovery.heartbeat.enabled=true)");
      }
    }
    Optional<HttpProbe> http =
        text(check, "HTTP").isEmpty()
            ? Optional.empty()
            : Optional.of(HttpProbe.read(check, at.address(), at.local()));
    Optional<Duration> given =
        GoDuration.parse(text(check, "TTL")).filter(there -> !there.isZero());
    if (http.isPresent() == given.isPresent()) {
      throw new BadRequestException("a check has either a TTL, such as 30s, or an HTTP");
    }
    Duration ttl = given.orElseGet(() -> HttpProbe.staysCritical(check));
    String checkId = text(check, "CheckID").isEmpty() ? "service:" + id : text(check, "CheckID");
    String name = text(check, "Name");
    String status = text(check, "Status");
    return new Ttl(
        new ConsulNote.Check(
            checkId,
            name.isEmpty() ? "Service '" + service + "' check" : name,
            text(check, "Notes"),
            status.isEmpty()
                ? CheckStatus.CRITICAL
                : CheckStatus.of(status)
                    .orElseThrow(() -> new BadRequestException("Invalid check status")),
            "",
            http),
        ttl);
  }

  /** Those of the tags that are tags of ours too. */
  private static Set<String> ours(List<String> tags) {
    Set<String> ours = new LinkedHashSet<>();
    tags.stream().filter(tag -> tag.matches(NAME)).limit(MOST_TAGS).forEach(ours::add);
    return ours;
  }

  private static Map<String, String> meta(JsonNode json) {
    Map<String, String> meta = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : field(json, "Meta").properties()) {
      if (field.getKey().startsWith(Lease.RESERVED)) {
        throw new BadRequestException("metadata keys do not begin with " + Lease.RESERVED);
      }
      meta.put(field.getKey(), field.getValue().asText());
    }
    return meta;
  }

  private static int weight(JsonNode json) {
    int passing = field(field(json, "Weights"), "Passing").asInt(1);
    return Math.max(0, Math.min(HIGHEST_WEIGHT, passing)) * ServiceInstance.ORDINARY_WEIGHT;
  }

  /** The same, its check standing as another did. */
  ServiceDefinition withStatusOf(ConsulNote.Check before) {
    return note.check()
        .filter(mine -> mine.id().equals(before.id()))
        .map(mine -> withNote(note.withCheck(mine.with(before.status(), before.output()))))
        .orElse(this);
  }

  ServiceDefinition withNote(ConsulNote other) {
    InstanceStatus status = other.status();
    return new ServiceDefinition(instance.withStatus(status), other, ttl);
  }
}
