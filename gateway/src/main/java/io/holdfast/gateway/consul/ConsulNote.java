package io.holdfast.gateway.consul;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client of Consul said of its service that an instance has no field for. It is kept in the
 * instance's metadata, so that every gateway knows it.
 *
 * @param tags in the client's order and spelling, which may be no name of ours
 * @param tagOverride as it was given; nothing is done with it
 * @param check the check, if it has one
 * @param maintenance why it is out of service; empty if it is not
 */
record ConsulNote(
    List<String> tags, boolean tagOverride, Optional<Check> check, Optional<String> maintenance) {

  /** Where it stands in the metadata. */
  static final String KEY = Lease.RESERVED + "consul";

  private static final int LONGEST = 4_096;
  private static final int LONGEST_OUTPUT = 512;

  /**
   * A check: the client reports its result, or the gateway makes it.
   *
   * @param id unique among the checks of all services
   * @param name for people
   * @param notes for people
   * @param status the last result
   * @param output what was said with it, for people
   * @param http how the gateway makes it; empty if the client reports
   */
  record Check(
      String id,
      String name,
      String notes,
      CheckStatus status,
      String output,
      Optional<HttpProbe> http) {

    Check {
      output = output.length() > LONGEST_OUTPUT ? output.substring(0, LONGEST_OUTPUT) : output;
    }

    Check with(CheckStatus other, String itsOutput) {
      return new Check(id, name, notes, other, itsOutput, http);
    }
  }

  ConsulNote {
    tags = List.copyOf(tags);
  }

  ConsulNote withCheck(Check other) {
    return new ConsulNote(tags, tagOverride, Optional.of(other), maintenance);
  }

  ConsulNote withMaintenance(Optional<String> why) {
    return new ConsulNote(tags, tagOverride, check, why);
  }

  /** The status that the instance gives itself. */
  InstanceStatus status() {
    return maintenance.isPresent()
        ? InstanceStatus.OUT_OF_SERVICE
        : check.map(one -> one.status().instance()).orElse(InstanceStatus.UP);
  }

  /**
   * As metadata.
   *
   * @throws IllegalArgumentException if it is too long
   */
  Map<String, String> asMetadata() {
    ObjectNode json = ConsulJson.MAPPER.createObjectNode();
    tags.forEach(json.putArray("tags")::add);
    json.put("tagOverride", tagOverride);
    check.ifPresent(
        one -> {
          ObjectNode there = json.putObject("check");
          there.put("id", one.id()).put("name", one.name()).put("notes", one.notes());
          there.put("status", one.status().word()).put("output", one.output());
          one.http().ifPresent(probe -> probe.write(there.putObject("http")));
        });
    maintenance.ifPresent(why -> json.put("maintenance", why));
    String text = json.toString();
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "tags and texts of a service and its check have at most " + LONGEST + " characters");
    }
    return Map.of(KEY, text);
  }

  /** The note of an instance; empty if no client of Consul registered it. */
  static Optional<ConsulNote> of(ServiceInstance instance) {
    String text = instance.metadata().get(KEY);
    if (text == null || Lease.of(instance).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(ConsulJson.MAPPER.readTree(text), instance.host()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static ConsulNote read(JsonNode json, String host) {
    List<String> tags = new ArrayList<>();
    json.path("tags").forEach(tag -> tags.add(tag.asText()));
    JsonNode there = json.path("check");
    Optional<Check> check =
        there.isObject()
            ? Optional.of(
                new Check(
                    there.path("id").asText(),
                    there.path("name").asText(),
                    there.path("notes").asText(),
                    CheckStatus.of(there.path("status").asText()).orElse(CheckStatus.CRITICAL),
                    there.path("output").asText(),
                    HttpProbe.read(there.path("http"), host)))
            : Optional.empty();
    JsonNode why = json.path("maintenance");
    return new ConsulNote(
        tags,
        json.path("tagOverride").asBoolean(),
        check,
        why.isTextual() ? Optional.of(why.asText()) : Optional.empty());
  }
}
