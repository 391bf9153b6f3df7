package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One endpoint of an EndpointSlice.
 *
 * @param address its only address
 * @param hostname the instance's id if a DNS name can have it: then there is a record of that name
 * @param zone the instance's, if it has one
 * @param conditions whether it takes requests
 */
record Endpoint(
    String address, Optional<String> hostname, Optional<String> zone, Conditions conditions) {

  /** What Kubernetes knows of an endpoint, of all that it can say. */
  enum Conditions {
    /** Takes requests. */
    READY,
    /** Drains: finishes what it has, and is taken only if there is no other. */
    TERMINATING,
    /** Takes nothing: starting, down, out of service, or of no weight. */
    NOT_READY;

    static Conditions of(ServiceInstance instance) {
      if (instance.status() == InstanceStatus.DRAINING) {
        return TERMINATING;
      }
      return instance.status() == InstanceStatus.UP && instance.weight() > 0 ? READY : NOT_READY;
    }

    void write(ObjectNode into) {
      into.put("ready", this == READY)
          .put("serving", this != NOT_READY)
          .put("terminating", this == TERMINATING);
    }
  }

  /** What Kubernetes takes for the name of a port, and for a host name. */
  static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  static Endpoint of(ServiceInstance instance, IpAddress address) {
    return new Endpoint(
        address.text(),
        Optional.of(instance.id()).filter(id -> DNS_LABEL.matcher(id).matches()),
        Optional.of(instance.zone()).filter(zone -> !zone.isEmpty()),
        Conditions.of(instance));
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.putArray("addresses").add(address);
    conditions.write(node.putObject("conditions"));
    hostname.ifPresent(name -> node.put("hostname", name));
    zone.ifPresent(name -> node.put("zone", name));
    return node;
  }

  /** True if {@code there}, as the server has it, says the same; it may have more fields. */
  boolean isShownBy(JsonNode there) {
    ObjectNode ours = json();
    return there.path("addresses").equals(ours.path("addresses"))
        && there.path("conditions").equals(ours.path("conditions"))
        && there.path("hostname").asText("").equals(hostname.orElse(""))
        && there.path("zone").asText("").equals(zone.orElse(""));
  }
}
